"""What the agents of an oracle desk see: observations, state and masks, field by field."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.conversation_record import NUM_CONTEXT
from marl_routing.core.parameters import PEERS_FULL, PEERS_SUMMARY
from tests.oracle.arbitration import Standing
from tests.oracle.tickets import Agent, Ticket
from tests.oracle.verbs import is_legal

if TYPE_CHECKING:
    from tests.oracle.desk import OracleDesk


def one_hot(index: int | None, size: int) -> list[float]:
    """`size` numbers, 1 at `index`."""
    return [float(i == index) for i in range(size)]


def clip(value: float, low: float, high: float) -> float:
    """The value, kept within its range."""
    return max(low, min(high, value))


class Sight:
    """A desk as its agents see it at this clock."""

    def __init__(self, desk: "OracleDesk") -> None:
        self.desk = desk
        self.rules = desk.rules
        self.sizes = desk.sizes
        self.agents = desk.agents
        self.clock = desk.clock

    def observations(self) -> NDArray[np.float32]:
        """(A, F): own block, private slots, and the block that all see."""
        shared = self._shared()
        rows = [self._own(agent) + self._private(agent) + shared for agent in self.agents]
        return np.array(rows, np.float32)

    def state(self) -> NDArray[np.float32]:
        """(S,): every own block, then the block that all see."""
        own = [value for agent in self.agents for value in self._own(agent)]
        return np.array(own + self._shared(), np.float32)

    def masks(self) -> NDArray[np.int8]:
        """(A, actions): pass, and all that the agent may do."""
        rows = [[is_legal(self.desk, a, deed) for deed in self.desk.menu] for a in self.agents]
        return np.array(rows, np.int8)

    # Blocks

    def _own(self, agent: Agent) -> list[float]:
        agents = self.sizes.agents
        shown = agent.shown
        hand_steps = sum(agent.handle_steps[ticket.category] for ticket in agent.held)
        resting = sum(ticket.rests for ticket in agent.held) / agent.capacity
        if self.rules.one_hot_identity:
            identity = one_hot(agent.index, agents)
        else:
            identity = [(agent.index + 0.5) / agents]
        return [
            *identity,
            *agent.expertise,
            len(agent.held) / agent.capacity,
            float(shown is not None),
            *one_hot(shown.category if shown else None, self.sizes.categories),
            self._progress(shown) if shown else 0.0,
            self._slack(shown) if shown else 0.0,
            min(1.0, hand_steps / self.rules.horizon_steps),
            *([float(agent.on_shift)] if self.rules.has_shifts else []),
            *([resting, float(agent.helping is not None)] if self.sizes.dynamic else []),
            *(self._customer(agent.current) if self.sizes.talks else []),
        ]

    def _customer(self, ticket: Ticket | None) -> list[float]:
        if ticket is None:
            return [0.0] * (8 + NUM_CONTEXT)
        talk = ticket.talk
        assert talk is not None
        return [
            talk.sentiment / 4,
            talk.tier / 2,
            talk.satisfaction,
            talk.prior,
            talk.turns / self.rules.max_turns,
            min(1.0, talk.progress / self.rules.needs[ticket.category]),
            1 - ticket.priority / self.sizes.priorities,
            float(talk.escalated > 0),
            *talk.context,
        ]

    def _private(self, agent: Agent) -> list[float]:
        slots = self.desk.slots
        expertise = [agent.expertise[t.category] if t else 0.0 for t in slots]
        rank = [self._rank(agent, t) if t else 0.0 for t in slots]
        best_other = [self._best_other(agent, t) if t else 0.0 for t in slots]
        fields = expertise + rank + best_other
        if self.sizes.bidding:
            fields += [float(t is not None and agent.may_accept(t)) for t in slots]
        return fields

    def _shared(self) -> list[float]:
        return self._slots() + self._peers() + self._queue_and_clock()

    def _slots(self) -> list[float]:
        slots = self.desk.slots
        fields = [float(t is not None) for t in slots]
        fields += [1 - t.priority / self.sizes.priorities if t else 0.0 for t in slots]
        fields += [self._age(t) if t else 0.0 for t in slots]
        fields += [self._response_slack(t) if t else 0.0 for t in slots]
        if self.sizes.dynamic:
            fields += [float(t is not None and t.waits) for t in slots]
            fields += [float(t is not None and t.reopened > 0) for t in slots]
        if self.sizes.talks:
            talks = [t.talk if t else None for t in slots]
            fields += [talk.sentiment / 4 if talk else 0.0 for talk in talks]
            fields += [talk.tier / 2 if talk else 0.0 for talk in talks]
            fields += [float(talk is not None and talk.escalated > 0) for talk in talks]
        if not self.rules.per_category:
            for t in slots:
                fields += one_hot(t.category if t else None, self.sizes.categories)
        return fields

    def _peers(self) -> list[float]:
        idle = [float(agent.idle) for agent in self.agents]
        load = [len(agent.held) / agent.capacity for agent in self.agents]
        agents = self.sizes.agents
        if self.rules.peers == PEERS_FULL:
            return idle + load
        if self.rules.peers == PEERS_SUMMARY:
            able = [
                sum(agent.idle and agent.can_serve(category) for agent in self.agents) / agents
                for category in range(self.sizes.categories)
            ]
            return [sum(idle) / agents, sum(load) / agents, *able]
        return []

    def _queue_and_clock(self) -> list[float]:
        most = self.rules.max_open_tickets
        lengths = [
            len(self.desk.queue.of_category(category)) / most
            for category in range(self.sizes.categories)
        ]
        backlog = len(self.desk.open_tickets) / most
        return [*lengths, backlog, self.clock / self.rules.horizon_steps]

    # One number

    def _progress(self, ticket: Ticket) -> float:
        minutes: float = ticket.served * self.rules.step_minutes
        mean: float = self.rules.mean_minutes[ticket.category]
        return min(1.0, minutes / (4 * mean))

    def _slack(self, ticket: Ticket) -> float:
        if ticket.due is None:
            return 0.0
        decides = earlier(ticket.due, ticket.original_due)
        return clip((decides - self.clock) / (ticket.due - ticket.arrived), -1, 1)

    def _age(self, ticket: Ticket) -> float:
        horizon: int = self.rules.horizon_steps
        target = horizon if ticket.due is None else ticket.due - ticket.arrived
        return min(1.0, (self.clock - ticket.arrived) / target / 2)

    def _response_slack(self, ticket: Ticket) -> float:
        if ticket.first_due is None:
            return 0.0
        target = ticket.first_due - ticket.arrived
        decides = earlier(ticket.first_due, ticket.original_first_due)
        return clip((decides - self.clock) / target, -1, 1)

    def _other_idle(self, agent: Agent, ticket: Ticket) -> list[Agent]:
        return [
            other
            for other in self.agents
            if other is not agent and other.idle and other.can_serve(ticket.category)
        ]

    def _rank(self, agent: Agent, ticket: Ticket) -> float:
        if not agent.can_serve(ticket.category):
            return 0.0
        mine = self._standing(agent, ticket)
        rivals = self._other_idle(agent, ticket)
        return 1 / (1 + sum(self._standing(rival, ticket) > mine for rival in rivals))

    def _standing(self, agent: Agent, ticket: Ticket) -> Standing:
        return self.desk.arbitration.standing(agent, ticket, self.clock)

    def _best_other(self, agent: Agent, ticket: Ticket) -> float:
        rivals = self._other_idle(agent, ticket)
        return max((rival.expertise[ticket.category] for rival in rivals), default=0.0)


def earlier(in_force: int, original: int | None) -> int:
    """The deadline at which a breach is counted."""
    return in_force if original is None else min(in_force, original)
