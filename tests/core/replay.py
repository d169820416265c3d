"""A desk lived through again from its event log and its scenario, to work out its KPIs anew."""

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.events import EVENTS
from marl_routing.core.terms import TERMS
from marl_routing.scenario import Scenario, compile_scenario
from tests.core.replay_dynamics import DynamicEvents
from tests.core.replay_talks import SAID
from tests.oracle import incidents, outcomes
from tests.oracle.arrivals import plain
from tests.oracle.kpis import DYNAMIC_EVENTS, TALK_EVENTS, Areas, kpis
from tests.oracle.kpis import EVENTS as COUNTED
from tests.oracle.settled import SettledAgent
from tests.oracle.sla import Deadlines
from tests.oracle.tickets import Agent, Ticket


class Replay(DynamicEvents):
    """Tickets, agents and sums as the events tell them; what an event says twice must agree.

    Args:
        events: the log, whole.
        scenario: of the desk.
        steps: ticks that were played.
    """

    def __init__(self, events: NDArray[np.void], scenario: Scenario, steps: int) -> None:
        self.scenario = scenario
        self.parameters = compile_scenario(scenario)
        self.sizes = self.parameters.sizes
        self.rules = plain(self.parameters)
        self.deadlines = Deadlines(self.parameters)
        kind: type[Agent] = SettledAgent if self.sizes.dynamic else Agent
        self.agents: list[Any] = [kind.seat(self.rules, a) for a in range(self.sizes.agents)]
        self.areas = Areas(len(self.agents))
        self.tickets: list[Ticket] = []
        self.past_stays: list[Ticket] = []
        self.queue: list[Ticket] = []
        self.begun: dict[int, tuple[int, int]] = {}  # by ticket number: step and delay
        self.accepts: list[tuple[int, int, int]] = []  # step, ticket, agent
        self.counts = dict.fromkeys(COUNTED + DYNAMIC_EVENTS + TALK_EVENTS, 0)
        self.turns = dict.fromkeys(SAID, 0)
        self.term_sums = dict.fromkeys(TERMS, 0.0)
        self.reward_sum = 0.0
        lines = deque(events.tolist())
        for self.clock in range(steps + 1):
            while lines and lines[0][0] == self.clock:
                _, event, ticket, agent, value = lines.popleft()
                getattr(self, f"_{EVENTS[event]}")(ticket, agent, value)
            if self.clock < steps:
                self._count_time()
        assert not lines, "events out of order"

    def metrics(self) -> dict[str, Any]:
        """All KPIs, by the oracle's definitions."""
        self.counts["initial"] = self.scenario.arrivals.initial_backlog
        self.counts["arrivals"] = len(self.tickets) - self.counts["initial"]
        weights = zip(TERMS, self.rules.weights, strict=True)
        self.reward_sum += sum(w * self.term_sums[t] for t, w in weights if t != "waiting")
        told = outcomes.kpis(self) if self.sizes.talks else {}  # type: ignore[arg-type]
        return kpis(self) | told  # type: ignore[arg-type]

    @property
    def ledger(self) -> "Replay":
        """Where the oracle's KPIs look for `term_sums` and `reward_sum`."""
        return self

    @property
    def open_tickets(self) -> list[Ticket]:
        """Queued and held tickets."""
        return self.queue + [ticket for agent in self.agents for ticket in agent.held]

    def _count_time(self) -> None:
        """What stands on the desk right after the actions of this clock."""
        if self.sizes.dynamic:
            self.settle()
        winners = {agent for step, _, agent in self.accepts if step == self.clock}
        loads = [len(agent.held) for agent in self.agents]
        if (max(loads) - min(loads)) / max(self.rules.capacity) > 0.5:
            self._credit("imbalance", len(winners))
        if self.queue:
            self._credit("idle_with_backlog", sum(agent.idle for agent in self.agents))
        self._credit("waiting", len(self.open_tickets))
        if self.clock >= self.rules.warm_up_steps:
            self.areas.add(len(self.open_tickets), len(self.queue), self.agents)
            weights = self.rules.waiting_weights
            self.reward_sum += sum(weights[ticket.category] for ticket in self.open_tickets)

    def _arrived(self, number: int, agent: int, kind: float) -> None:
        assert (number, agent) == (len(self.tickets), -1)
        category, priority = divmod(int(kind), self.sizes.priorities)
        first_due = self.deadlines.first_due(self.clock, priority)
        due = self.deadlines.due(self.clock, priority)
        ticket = Ticket(
            number=number,
            category=category,
            priority=priority,
            arrived=self.clock,
            first_due=first_due,
            due=due,
            patience_ends=None,
            work=0.0,
            full_work=0.0,
            original_priority=priority,
            original_first_due=first_due,
            original_due=due,
        )
        self.tickets.append(ticket)
        self.queue.append(ticket)

    def _dropped(self, number: int, agent: int, kind: float) -> None:
        ticket = self.queue[-1]  # the one that came last
        assert (number, agent) == (ticket.number, -1)
        assert kind == ticket.category * self.sizes.priorities + ticket.priority
        self._leave(ticket, "dropped")
        self._credit("dropped", acting=False)
        self._credit("sla_breach", acting=False)

    def _accepted(self, number: int, agent: int, value: float) -> None:
        ticket, taker = self.tickets[number], self.agents[agent]
        self.queue.remove(ticket)
        assert value == 0
        assert taker.may_accept(ticket)
        first, ticket.holder = ticket.accepted is None, agent
        if first:
            ticket.accepted, ticket.accepted_by = self.clock, agent
            ticket.match = taker.expertise[ticket.category]
        taker.held.append(ticket)
        self.counts["accepts"] += 1
        self.accepts.append((self.clock, number, agent))
        if not first:
            return
        urgency = self.sizes.priorities - ticket.priority
        self._credit("accept_base")
        self._credit("expertise_bonus", taker.expertise[ticket.category])
        self._credit("resolution_time", taker.handle_steps[ticket.category] * urgency)

    def _switched(self, number: int, agent: int, before: float) -> None:
        assert before == self.agents[agent].last_category != self.tickets[number].category
        self.agents[agent].last_category = self.tickets[number].category
        self.counts["context_switches"] += 1
        self._credit("context_switch", acting=False)

    def _begun(self, number: int, agent: int, delay: float) -> None:
        assert self.tickets[number].holder == agent
        self.begun[number] = self.clock, int(delay)
        self.agents[agent].last_category = self.tickets[number].category

    def _first_response(self, number: int, agent: int, waited: float) -> None:
        ticket = self.tickets[number]
        assert ticket.holder == agent
        assert waited == self.clock - 1 - ticket.arrived
        # A ticket begun may rest while its agent is away, or it is pending.
        rested = self.clock - sum(self.begun[number])
        may_rest = self.scenario.agents.come_and_go or self.sizes.dynamic
        assert rested >= 0 if may_rest else rested == 0
        ticket.first_service, ticket.served = self.clock, 1

    def _resolved(self, number: int, agent: int, steps: float) -> None:
        ticket = self.tickets[number]
        assert ticket.holder == agent
        assert ticket.served
        assert steps == self.clock - ticket.arrived
        self._leave(ticket, "resolved")
        self._credit("resolved", acting=False)
        incidents.learn(self, self.agents[agent], ticket.category)  # type: ignore[arg-type]

    def _abandoned(self, number: int, agent: int, steps: float) -> None:
        ticket = self.tickets[number]
        assert self._is_holder(agent, ticket)
        assert not ticket.served or self._lost_patience(ticket)
        assert steps == self.clock - ticket.arrived
        self._leave(ticket, "abandoned")
        self._credit("abandoned", acting=False)

    def _first_response_breached(self, number: int, agent: int, value: float) -> None:
        ticket = self.tickets[number]
        assert self._is_holder(agent, ticket)
        assert not ticket.served
        assert not ticket.first_breached
        assert self._is_over(ticket.first_due) or self._is_over(ticket.original_first_due)
        ticket.first_breached = True
        self._credit("sla_breach", self.rules.first_response_weight, acting=False)

    def _breached(self, number: int, agent: int, value: float) -> None:
        ticket = self.tickets[number]
        assert self._is_holder(agent, ticket)
        assert not ticket.breached
        assert self._is_over(ticket.due) or self._is_over(ticket.original_due)
        ticket.breached = True
        self._credit("sla_breach", acting=False)

    def _lost_accept(self, number: int, agent: int, value: float) -> None:
        assert (self.clock, number, agent) not in self.accepts
        assert (self.clock, number) in [accept[:2] for accept in self.accepts]
        self.counts["lost_accepts"] += 1
        self._credit("lost_accept")

    def _illegal_action(self, number: int, agent: int, value: float) -> None:
        assert number == -1
        self.counts["illegal_actions"] += 1
        self._credit("illegal_action")

    def _paid(self, number: int, agent: int, price: float) -> None:
        assert self.accepts[-1] == (self.clock, number, agent)
        self._credit("payment", price)

    def _handed_over(self, number: int, agent: int, before: float) -> None:
        ticket = self.tickets[number]
        assert ticket.holder == before
        self._lay_down(ticket)
        ticket.holder = agent
        self.agents[agent].held.append(ticket)
        self.counts["handed_over"] += 1

    def _requeued(self, number: int, agent: int, value: float) -> None:
        ticket = self.tickets[number]
        assert ticket.holder == agent
        self._lay_down(ticket)
        ticket.holder = None
        self.queue.append(ticket)
        self.counts["requeued"] += 1

    def _lay_down(self, ticket: Ticket) -> None:
        """Only who leaves lays tickets down, in order of acceptance; pending ones it keeps."""
        assert ticket.holder is not None
        leaver = self.agents[ticket.holder]
        assert not leaver.on_shift
        assert next(held for held in leaver.held if not held.pending) is ticket
        self.take_away(ticket)

    def _came(self, number: int, agent: int, value: float) -> None:
        assert not self.agents[agent].on_shift
        self.agents[agent].on_shift = True

    def _left(self, number: int, agent: int, value: float) -> None:
        assert self.agents[agent].on_shift
        self.agents[agent].on_shift = False

    def _is_holder(self, agent: int, ticket: Ticket) -> bool:
        return agent == (-1 if ticket.holder is None else ticket.holder)

    def _lost_patience(self, ticket: Ticket) -> bool:
        """Whether its conversation came to nothing."""
        return ticket.talk is not None and ticket.talk.end is not None

    def _is_over(self, deadline: int | None) -> bool:
        return deadline is not None and deadline <= self.clock

    def _leave(self, ticket: Ticket, outcome: str) -> None:
        pile = self.queue if ticket.holder is None else self.agents[ticket.holder].held
        pile.remove(ticket)
        ticket.left, ticket.outcome = self.clock, outcome
        self.counts[outcome] += 1
