"""The events of dynamic desks, lived through again: what `Replay` does with each."""

import copy
from typing import Any

from marl_routing.core.record import Sizes
from tests.core.replay_talks import TalkEvents
from tests.oracle.settled import settle
from tests.oracle.sla import Deadlines, defer
from tests.oracle.tickets import Ticket


class DynamicEvents(TalkEvents):
    """Verbs, pendings, help, dependencies and tickets that come back."""

    sizes: Sizes
    deadlines: Deadlines
    clock: int
    agents: list[Any]
    past_stays: list[Ticket]
    begun: dict[int, tuple[int, int]]
    term_sums: dict[str, float]

    def _credit(self, term: str, amount: float = 1.0, acting: bool = True) -> None:
        """Add to a sum over measured ticks; only acts belong to the tick that begins now."""
        if self.clock - (not acting) >= self.rules.warm_up_steps:
            self.term_sums[term] += amount

    def settle(self) -> None:
        """What is in work after the actions; the log has told already who helps no longer."""
        helped = [agent.helping for agent in self.agents]
        settle(self.agents, self.clock)
        assert [agent.helping for agent in self.agents] == helped
        for agent in self.agents:
            if agent.helping is not None and agent.last_category is None:
                agent.last_category = agent.helping.category  # its first ticket is no switch

    def take_away(self, ticket: Ticket) -> None:
        """Out of its holder's hands; who comes next begins anew."""
        assert ticket.holder is not None
        self.agents[ticket.holder].held.remove(ticket)
        self.begun.pop(ticket.number, None)

    def _used(self, number: int, agent: int, verb: float) -> None:
        assert number == -1
        self._credit("operation", self.rules.operation_costs[int(verb)])

    # Deadlines

    def _escalated(self, number: int, agent: int, priority: float) -> None:
        ticket = self._of_holder(number, agent)
        self.deadlines.escalate(ticket, self.clock)
        assert ticket.priority == priority
        self.counts["escalated"] += 1

    def _deferred(self, number: int, agent: int, times: float) -> None:
        ticket = self._of_holder(number, agent)
        defer(ticket, self.rules.defer_steps)
        assert ticket.deferrals == times <= self.rules.most_deferrals
        self.counts["deferred"] += 1

    # Pending

    def _info_requested(self, number: int, agent: int, steps: float) -> None:
        ticket = self._of_holder(number, agent)
        assert not ticket.asked
        ticket.asked, ticket.pending = True, "asked"
        self._await(ticket, int(steps))
        self.counts["info_requests"] += 1

    def _blocked(self, number: int, agent: int, steps: float) -> None:
        ticket = self._of_holder(number, agent)
        assert not ticket.asked
        ticket.pending = "blocked"
        self._await(ticket, int(steps))
        self.counts["blocks"] += 1

    def _await(self, ticket: Ticket, steps: int) -> None:
        assert ticket.holder is not None
        ticket.pending_since, ticket.returns = self.clock, self.clock + steps
        ticket.pendings += 1
        self.counts["pendings"] += 1
        self.counts["pending_steps"] += steps

    def _back(self, number: int, agent: int, moved: float) -> None:
        ticket = self._of_holder(number, agent)
        assert ticket.pending
        assert ticket.returns == self.clock
        before = ticket.paused
        if self.rules.sla_pauses:
            self.deadlines.pause(ticket, self.clock)
        assert moved == ticket.paused - before
        ticket.pending = None

    # From hand to hand

    def _released(self, number: int, agent: int, value: float) -> None:
        self._give_back(self._of_holder(number, agent))
        self.counts["released"] += 1

    def _transferred(self, number: int, agent: int, team: float) -> None:
        ticket = self._of_holder(number, agent)
        assert team != self.agents[agent].team
        self._give_back(ticket)
        ticket.team = int(team)
        if ticket.talk is not None:
            ticket.talk.escalator = None
        self.counts["transferred"] += 1

    def _give_back(self, ticket: Ticket) -> None:
        assert not ticket.rests
        self.take_away(ticket)
        ticket.holder = None
        self.queue.append(ticket)

    def _reassigned(self, number: int, agent: int, before: float) -> None:
        ticket = self._of_holder(number, int(before))
        assert self.agents[agent].may_accept(ticket)
        self.take_away(ticket)
        ticket.holder = agent
        self.agents[agent].held.append(ticket)
        self.counts["reassigned"] += 1

    def _joined(self, number: int, agent: int, holder: float) -> None:
        ticket = self._of_holder(number, int(holder))
        assert agent != holder
        assert not ticket.rests
        assert self.agents[agent].helping is None
        self.agents[agent].helping = ticket
        self.counts["swarms"] += 1

    def _parted(self, number: int, agent: int, value: float) -> None:
        assert self.agents[agent].helping is self.tickets[number]
        self.agents[agent].helping = None

    # Incidents

    def _regressed(self, number: int, agent: int, times: float) -> None:
        ticket = self._of_holder(number, agent)
        ticket.regressions += 1
        assert ticket.regressions == times <= self.rules.most_regressions
        self.counts["regressions"] += 1

    def _depends(self, number: int, agent: int, other: float) -> None:
        ticket = self.tickets[-1]
        assert (ticket.number, agent) == (number, -1)
        assert other < number
        ticket.waits_for = self.tickets[int(other)]
        assert ticket.waits

    def _reopened(self, number: int, agent: int, kind: float) -> None:
        ticket = self.tickets[number]
        assert (ticket.outcome, ticket.holder) == ("resolved", agent)
        assert kind == ticket.category * self.sizes.priorities + ticket.priority
        self.past_stays.append(copy.copy(ticket))
        self.talk_again(ticket)
        self.begun.pop(number, None)
        ticket.reopened += 1
        ticket.arrived, ticket.left, ticket.outcome, ticket.holder = self.clock, None, "open", None
        ticket.breached, ticket.paused = False, 0
        ticket.due = ticket.original_due = self.deadlines.due(self.clock, ticket.priority)
        ticket.first_due = ticket.original_first_due = None
        ticket.original_priority = ticket.priority
        self.queue.append(ticket)
        self.counts["reopened"] += 1
        self._credit("resolved", -1, acting=False)
        self._credit("reopened", acting=False)

    def _of_holder(self, number: int, agent: int) -> Ticket:
        ticket = self.tickets[number]
        assert agent == (-1 if ticket.holder is None else ticket.holder)
        return ticket
