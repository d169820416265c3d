"""An operator's calls of compiled code, for a run of neighbouring desks, and what they insist on.

In all of them `run` is a slice of n desks, `acts` (n,) bool says which of these are acted on, and
tickets, agents and operations are int64; those of desks that are not acted on do not matter.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core import loops
from marl_routing.core.dispatch import NO_TICKET
from marl_routing.core.operate import OPERATIONS
from marl_routing.core.parameters import Parameters, Rules
from marl_routing.core.record import QUEUED
from marl_routing.core.runner import Runner

Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Masks = NDArray[np.int8]


class DesksOperator:
    """The ground that `Operator` stands on."""

    parameters: Parameters
    rules: Rules
    num_envs: int
    states: NDArray[Any]
    rewards: Floats
    _runner: Runner

    def _offer(self, run: slice, acts: Flags) -> Ints:
        self._require_open()
        states = self.states[run]
        tickets = np.empty(len(states), np.int64)
        loops.offer_desks(self.rules.desk, states, acts, tickets)
        return tickets

    def _place(self, run: slice, acts: Flags, tickets: Ints, agents: Ints) -> None:
        states = self._require_queued(run, acts, tickets)
        loops.place_desks(self.rules.desk, states, acts, tickets, agents, self.rewards[run])

    def _hold(self, run: slice, acts: Flags, tickets: Ints) -> None:
        states = self._require_queued(run, acts, tickets)
        desks = np.flatnonzero(acts)
        states["tickets"]["held_back"][desks, tickets[desks]] = states["step"][desks]

    def _operate(
        self, run: slice, acts: Flags, operations: Ints, tickets: Ints, agents: Ints
    ) -> None:
        known = np.where(acts, tickets, NO_TICKET)
        states = self._require_listed(run, known[:, None])
        loops.operate_desks(
            *self.rules, states, acts, operations, tickets, agents, self.rewards[run]
        )

    def _mask(self, run: slice, tickets: Ints) -> Masks:
        """(n, operations, T, agents), of tickets (n, T)."""
        states = self._require_listed(run, tickets)
        agents = self.parameters.sizes.agents
        masks = np.empty((len(states), len(OPERATIONS), tickets.shape[1], agents), np.int8)
        loops.mask_operations(self.rules.desk, states, tickets, masks)
        return masks

    def _list(self, run: slice) -> Ints:
        """(n, T): every open ticket, -1 after the last."""
        self._require_open()
        states = self.states[run]
        tickets = np.empty((len(states), self.parameters.sizes.tickets), np.int64)
        loops.list_desks(self.rules.desk, states, tickets)
        return tickets

    # Compiled code does not look where it reads and writes, hence the following.

    def _require_open(self) -> None:
        raise NotImplementedError

    def _require_queued(self, run: slice, acts: Flags, tickets: Ints) -> NDArray[Any]:
        """The desks' records, if every ticket is in the queue of its desk."""
        self._require_open()
        states = self.states[run]
        holders = states["tickets"]["holder"]
        exists = (tickets >= 0) & (tickets < holders.shape[1])
        holder = holders[np.arange(len(states)), np.where(exists, tickets, 0)]
        wrong = tickets[acts & ~(exists & (holder == QUEUED))]
        if len(wrong):
            raise ValueError(f"ticket: expected the index of a queued ticket, got {wrong[0]}")
        return states

    def _require_listed(self, run: slice, tickets: Ints) -> NDArray[Any]:
        """The desks' records, if they have dynamics and each of (n, T) tickets is open or -1."""
        if not self.parameters.sizes.dynamic:
            raise ValueError(
                "operate: expected a scenario with verbs, incidents, learning or customers"
            )
        listed = (tickets[:, :, None] == self._list(run)[:, None, :]).any(axis=2)
        wrong = tickets[~(listed | (tickets == NO_TICKET))]
        if len(wrong):
            raise ValueError(f"ticket: expected the index of an open ticket, got {wrong[0]}")
        return self.states[run]
