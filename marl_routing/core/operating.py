"""What an operator does to one desk of a batch, its clock standing still."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core import loops
from marl_routing.core.dispatch import NO_TICKET
from marl_routing.core.operate import OPERATIONS
from marl_routing.core.parameters import BY_DEADLINE, BY_PRIORITY, Parameters, Rules
from marl_routing.core.record import QUEUED
from marl_routing.core.runner import Runner

Floats = NDArray[np.float32]

LARGEST = 2**31 - 1


class Operator:
    """Dispatching (offer, place, hold) and, on dynamic desks, operating on any open ticket."""

    parameters: Parameters
    rules: Rules
    num_envs: int
    states: NDArray[Any]
    rewards: Floats
    _runner: Runner

    def offer(self, env: int = 0) -> int:
        """Index of the next undecided queued ticket that someone can take, or -1."""
        self._check_desk(env)
        return int(loops.offer_ticket(self.rules.desk, self.states, env))

    def place(self, ticket: int, agent: int, env: int = 0) -> Floats:
        """Assign a queued ticket, the clock standing still; if the agent cannot, hold it back.

        Returns:
            (A,) float32, the rewards that this earned.

        Raises:
            ValueError: if no such ticket is queued.
        """
        self._check_queued(ticket, env)
        loops.place_ticket(self.rules.desk, self.states, env, ticket, agent, self.rewards)
        self._runner.show(env)
        earned: Floats = self.rewards[env].copy()
        return earned

    def hold(self, ticket: int, env: int = 0) -> None:
        """Leave a queued ticket where it is until the clock moves; else ValueError."""
        self._check_queued(ticket, env)
        loops.hold_ticket(self.states, env, ticket)

    def operate(self, operation: int, ticket: int, agent: int, env: int = 0) -> Floats:
        """Act on an open ticket in the name of an agent.

        Args:
            operation: index into `core.operate.OPERATIONS`; others are never possible.
            ticket: index of an open ticket, queued or held; -1, no ticket, is never possible.
            agent: who gets the ticket, joins in its work, or is charged for the verb.
            env: the desk.

        Returns:
            (A,) float32, the rewards that this earned. What is not possible is counted as illegal.

        Raises:
            ValueError: if no such ticket is open, or the scenario has no dynamics; for anything
                but whole numbers.
        """
        self._check_dynamic(env)
        operation, agent = _whole("operation", operation), _whole("agent", agent)
        self._check_open([ticket], env)
        loops.operate_ticket(*self.rules, self.states, env, operation, ticket, agent, self.rewards)
        self._runner.show(env)
        earned: Floats = self.rewards[env].copy()
        return earned

    def operation_masks(self, tickets: Sequence[int], env: int = 0) -> NDArray[np.int8]:
        """What an operator may do now.

        Args:
            tickets: indices of open tickets, -1 for none.
            env: the desk.

        Returns:
            (operations, tickets, agents) int8, 1 where `operate` would act.

        Raises:
            ValueError: as `operate`.
        """
        self._check_dynamic(env)
        shape = (len(OPERATIONS), len(tickets), self.parameters.sizes.agents)
        mask = np.zeros(shape, np.int8)
        self._check_open(tickets, env)
        indices = np.array(tickets, np.int64)
        loops.mask_operations(self.rules.desk, self.states, env, indices, mask)
        return mask

    def open_tickets(self, env: int = 0) -> list[int]:
        """Indices of all open tickets: what each agent holds in turn, then the queue in order."""
        self._check_desk(env)
        desk = self.states[env]
        held = [
            int(index)
            for agent, count in enumerate(desk["held_count"])
            for index in desk["held"][agent, :count]
        ]
        tickets = desk["tickets"]
        queued = sorted(queued_tickets(desk), key=lambda i: self._place_in_queue(tickets[i]))
        return held + queued

    def _place_in_queue(self, ticket: Any) -> tuple[int, int]:
        order = self.rules.desk[0]["queue_order"]
        first = {BY_PRIORITY: ticket["priority"], BY_DEADLINE: ticket["due"]}.get(int(order), 0)
        return int(first), int(ticket["number"])

    def _check_open(self, tickets: Sequence[int], env: int) -> None:
        known = {NO_TICKET, *self.open_tickets(env)}
        for ticket in tickets:
            if _whole("ticket", ticket) not in known:
                raise ValueError(f"ticket: expected the index of an open ticket, got {ticket}")

    def _check_dynamic(self, env: int) -> None:
        self._check_desk(env)
        if not self.parameters.sizes.dynamic:
            raise ValueError("operate: expected a scenario with verbs, incidents or learning")

    def _require_open(self) -> None:
        raise NotImplementedError

    def _check_desk(self, env: int) -> None:
        self._require_open()
        if not 0 <= env < self.num_envs:  # compiled code does not look
            raise ValueError(f"env: expected from 0 to {self.num_envs - 1}, got {env}")

    def _check_queued(self, ticket: int, env: int) -> None:
        self._check_desk(env)
        holders = self.states["tickets"]["holder"][env]
        if not (0 <= ticket < len(holders) and holders[ticket] == QUEUED):
            raise ValueError(f"ticket: expected the index of a queued ticket, got {ticket}")


def queued_tickets(desk: Any) -> Iterator[int]:
    """Index of every ticket of one desk's queue, list by list."""
    following = desk["tickets"]["next"]
    for index in desk["head"]:
        while index >= 0:
            yield int(index)
            index = following[index]


def _whole(name: str, value: object) -> int:
    """The number, if it is a whole one that compiled code can hold; else ValueError."""
    if isinstance(value, int | np.integer) and -LARGEST <= value <= LARGEST:
        return int(value)
    raise ValueError(f"{name}: expected a whole number, got {value!r}")
