"""The first ticket of the queue to the next agent in turn.

The rule of most help desks' automatic assignment; for its queueing theory see Ephremides,
Varaiya & Walrand (1980), "A simple dynamic routing problem".
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.matching import Key, Ties, best_pair_first
from marl_routing.policies.policy import Actions, Legal
from marl_routing.policies.ranked import RankedPolicy, by_queue


class RoundRobin(RankedPolicy):
    """Each desk remembers whose turn is next; agents that cannot take the ticket are skipped."""

    name = "round_robin"
    matcher = best_pair_first

    def __init__(self) -> None:
        super().__init__()
        self._next: NDArray[np.int64] | None = None  # (N,) the agent whose turn it is

    def reset(self, seed: int) -> None:
        """Forget whose turn it is; every desk's first turn is drawn."""
        super().reset(seed)
        self._next = None

    def match(self, view: DeskView, legal: Legal, ties: Ties) -> Actions:
        """Match, then move the turn behind the last agent served."""
        num_agents = legal.shape[1]
        if self._next is None:
            self._next = ties.argmax(axis=1)
        actions = super().match(view, legal, ties)
        turns = np.where(actions > 0, self._turns(num_agents), -1).max(axis=1)
        self._next = (self._next + turns + 1) % num_agents
        return actions

    def keys(self, view: DeskView) -> Sequence[Key]:
        """The first ticket, then the agent whose turn comes first."""
        return by_queue(view), -self._turns(view.available.shape[1])[:, :, None]

    def _turns(self, num_agents: int) -> NDArray[np.int64]:
        """(N, A): how many turns each agent is behind the next."""
        assert self._next is not None
        turns: NDArray[np.int64] = (np.arange(num_agents) - self._next[:, None]) % num_agents
        return turns
