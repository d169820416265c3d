"""Who is at the desk: shifts, days off, and what becomes of the tickets of those who leave."""

from marl_routing.core.actions import can_take
from marl_routing.core.arbitration import wins_over
from marl_routing.core.compiler import kernel
from marl_routing.core.events import CAME, HANDED_OVER, LEFT, NOBODY, REQUEUED, note
from marl_routing.core.lifecycle import let_go, take
from marl_routing.core.parameters import HAND_OVER, KEEP, Rules
from marl_routing.core.queue import join_queue
from marl_routing.core.random import ABSENCE, fold, unit
from marl_routing.core.record import Record
from marl_routing.core.settling import is_pending, unsettle


@kernel
def change_shifts(rules: Rules, desk: Record) -> None:
    """Agents come and go at this clock; who leaves keeps, hands over or requeues what it holds."""
    parameters = rules.desk[0]
    agents = desk.held_count.shape[0]
    first = 1 + 2 * desk.met.shape[0]  # column of agent 0 in the calendar; the day follows the last
    if desk.step > 0 and _is_as_before(rules, desk, first):
        return
    day_key = fold(desk.keys[ABSENCE], rules.calendar[desk.step, first + agents])
    leaving = 0
    for agent in range(agents):
        there = rules.calendar[desk.step, first + agent]
        if unit(fold(day_key, agent)) < parameters.absence:
            there = 0
        if desk.on_shift[agent] and not there and desk.held_count[agent] > 0:
            desk.group[leaving] = agent
            leaving += 1
        if there != desk.on_shift[agent]:
            note(desk, CAME if there else LEFT, NOBODY, agent, 0.0)
            unsettle(desk, agent)
        desk.on_shift[agent] = there
    if parameters.end_of_shift != KEEP:
        for i in range(leaving):
            _empty_hands(parameters, desk, int(desk.group[i]))


@kernel
def _is_as_before(rules: Rules, desk: Record, first: int) -> bool:
    """Whether neither the shifts nor the day have changed: then nobody comes or goes."""
    changes = 0
    for column in range(first, first + desk.held_count.shape[0] + 1):
        changes += rules.calendar[desk.step, column] != rules.calendar[desk.step - 1, column]
    return changes == 0


@kernel
def _empty_hands(rules: Record, desk: Record, agent: int) -> None:
    kept = 0
    while desk.held_count[agent] > kept:
        index = int(desk.held[agent, kept])
        ticket = desk.tickets[index]
        if is_pending(desk, index):
            kept += 1
            continue
        heir = -1
        if rules.end_of_shift == HAND_OVER:
            heir = _best_heir(rules, desk, index)
        let_go(rules, desk, index)
        if heir >= 0:
            take(rules, desk, index, heir)
            desk.handed_over += 1
            note(desk, HANDED_OVER, ticket.number, heir, agent)
        else:
            join_queue(rules, desk, index)
            desk.requeued += 1
            note(desk, REQUEUED, ticket.number, agent, 0.0)


@kernel
def _best_heir(rules: Record, desk: Record, index: int) -> int:
    """Whom arbitration puts first among those on shift with room and skill, -1 if there is none."""
    best, ticket = -1, desk.tickets[index]
    for agent in range(desk.held_count.shape[0]):
        if not can_take(rules, desk, agent, index):
            continue
        if best < 0 or wins_over(rules, desk, ticket, agent, best):
            best = agent
    return best
