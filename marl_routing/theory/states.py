"""The states of a small desk, numbered: tickets queued by category, and what each agent holds."""

import numpy as np
from numpy.typing import NDArray

from marl_routing.scenario import ScenarioError
from marl_routing.theory.small_desk import SmallDesk

NOTHING = -1  # a category: what an idle agent holds, what an agent accepts that passes
IMPOSSIBLE = -1  # the number of a state that does not exist
MOST_STATES = 120_000

Ints = NDArray[np.int64]


class States:
    """All states of a desk, numbered 0..n-1; number 0 is the empty desk.

    Attributes:
        queued: (n, C) tickets in the queue.
        holding: (n, A) category of the ticket held, NOTHING if idle.
    """

    def __init__(self, desk: SmallDesk) -> None:
        num_categories = len(desk.room)
        able = [np.array([NOTHING, *np.flatnonzero(row)]) for row in desk.completion]
        sizes = [*(desk.room + 1), *map(len, able)]
        if np.prod(sizes) > MOST_STATES:
            raise ScenarioError(
                "queue.max_per_category: expected so few tickets that the desk has at most "
                f"{MOST_STATES:,} states, got {np.prod(sizes):,}"
            )
        grid = np.indices(sizes).reshape(len(sizes), -1).T
        held = [codes[grid[:, num_categories + agent]] for agent, codes in enumerate(able)]
        queued, holding = grid[:, :num_categories], np.stack(held, axis=1)
        possible = queued.sum(axis=1) + (holding != NOTHING).sum(axis=1) <= desk.max_open
        self.queued: Ints = queued[possible]
        self.holding: Ints = holding[possible]
        shape = [*(desk.room + 1), *(num_categories + 1,) * len(able)]
        self._places = np.full(shape, IMPOSSIBLE)
        self._places[self._point(self.queued, self.holding)] = np.arange(len(self))

    def __len__(self) -> int:
        return len(self.queued)

    def number(self, queued: NDArray[np.integer], holding: NDArray[np.integer]) -> Ints:
        """(...,) numbers of states given as (..., C) and (..., A); IMPOSSIBLE if there is none."""
        found: Ints = self._places[self._point(queued, holding)]
        return found

    def _point(
        self, queued: NDArray[np.integer], holding: NDArray[np.integer]
    ) -> tuple[NDArray[np.integer], ...]:
        both = np.concatenate([queued, holding - NOTHING], axis=-1)
        return tuple(np.moveaxis(both, -1, 0))
