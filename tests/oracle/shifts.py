"""Who is at the desk at which clock, and what becomes of the tickets of those who leave."""

import math
from typing import TYPE_CHECKING

from marl_routing.core.parameters import HAND_OVER, KEEP
from marl_routing.scenario import Scenario
from marl_routing.scenario.agents import Shift
from marl_routing.scenario.time import WEEKDAYS
from tests.oracle.draws import Draws
from tests.oracle.tickets import Ticket

if TYPE_CHECKING:
    from tests.oracle.desk import OracleDesk

A_DAY = 1440  # minutes


class Roster:
    """The calendar of one scenario (None: all are always there) and the days off of one episode."""

    def __init__(self, scenario: Scenario | None, draws: Draws) -> None:
        self.scenario = scenario
        self.draws = draws

    def change(self, desk: "OracleDesk") -> None:
        """Let agents come and go; then those who left empty their hands, one after the other."""
        leavers = []
        for agent in desk.agents:
            was_there, agent.on_shift = agent.on_shift, self.there(agent.index, desk.clock)
            if was_there and not agent.on_shift:
                leavers.append(agent)
        if desk.rules.end_of_shift != KEEP:
            for agent in leavers:
                for ticket in [ticket for ticket in agent.held if not ticket.pending]:
                    _let_go(desk, ticket)

    def there(self, agent: int, clock: int) -> bool:
        """Whether the calendar wants the agent at this clock, and it has no day off."""
        if self.scenario is None:
            return True
        minute = minute_of(self.scenario, clock)
        day = math.floor(minute / A_DAY)
        day_off = self.draws.uniform("absence", day, agent) < self.scenario.agents.absence
        return not day_off and is_on_shift(shift_of(self.scenario, agent), minute)


def minute_of(scenario: Scenario, clock: int) -> float:
    """Minutes since the Monday 00:00 of the first week."""
    start = scenario.time.start
    first = WEEKDAYS.index(start.weekday) * A_DAY + _minutes(start.time)
    return round(first + clock * scenario.time.step_minutes, 9)


def shift_of(scenario: Scenario, agent: int) -> Shift | None:
    """An agent's own shift, else its turn of the team's, else None for always."""
    agents = scenario.agents
    own = agents.team[agent].shift if agents.team else None
    if own is None and agents.shifts:
        return agents.shifts[agent % len(agents.shifts)]
    return own


def is_on_shift(shift: Shift | None, minute: float) -> bool:
    """Whether one of the shift's stretches, today's or yesterday's, covers the minute."""
    if shift is None:
        return True
    today = math.floor(minute / A_DAY)
    at_work = any(
        WEEKDAYS[day % 7] in shift.days and _covers(day, shift.starts, shift.ends, minute)
        for day in (today - 1, today)
    )
    away = any(
        _covers(day, pause.starts, pause.ends, minute)
        for pause in shift.breaks
        for day in (today - 1, today)
    )
    return at_work and not away


def _covers(day: int, starts: str, ends: str, minute: float) -> bool:
    first, last = _minutes(starts), _minutes(ends)
    if last <= first:
        last += A_DAY
    return first <= minute - day * A_DAY < last


def _minutes(time: str) -> int:
    hours, minutes = time.split(":")
    return 60 * int(hours) + int(minutes)


def _let_go(desk: "OracleDesk", ticket: Ticket) -> None:
    """A colleague or the queue takes the ticket; whoever works on it next has to begin anew."""
    heirs = [other for other in desk.agents if other.may_accept(ticket)]
    desk.take_away(ticket)
    if heirs and desk.rules.end_of_shift == HAND_OVER:
        desk.hand(ticket, desk.arbitration.ranked(heirs, ticket, desk.clock)[0])
        desk.counts["handed_over"] += 1
    else:
        desk.queue.join(ticket)
        desk.counts["requeued"] += 1
