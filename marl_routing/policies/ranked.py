"""The frame of most rules: rank pairs of agent and ticket, and let a matcher give them out."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.draws import Draws
from marl_routing.policies.matching import Key, Matcher, Ties
from marl_routing.policies.policy import Actions, Legal, Masks, may_take


class RankedPolicy(ABC):
    """A rule that gives tickets to agents with a free hand (held < concurrency).

    Subclasses say how a pair ranks (`keys`) and whether agents choose or pairs are chosen
    (`matcher`). Tickets that rank equal go in queue order, agents that rank equal at random.
    """

    name: str
    matcher: ClassVar[Matcher]

    def __init__(self) -> None:
        self._draws = Draws()

    def reset(self, seed: int) -> None:
        """Forget everything; desk i then draws its ties from `seed + i`."""
        self._draws.reset(seed)

    def act(self, view: DeskView, masks: Masks) -> Actions:
        """(N, A) int32 actions; see `Policy.act`."""
        legal: Legal = may_take(view, masks)
        return self.match(view, legal, self._draws.next(*view.available.shape))

    def match(self, view: DeskView, legal: Legal, ties: Ties) -> Actions:
        """Actions (N, A) within the (N, A, K) pairs that may be made."""
        return type(self).matcher((*self.keys(view), by_queue(view)), legal, ties)

    @abstractmethod
    def keys(self, view: DeskView) -> Sequence[Key]:
        """Arrays broadcastable to (N, A, K), the most important first, larger is better."""


def by_arrival(view: DeskView) -> Key:
    """(N, 1, K): the ticket that arrived first ranks first."""
    return -view.number[:, None, :].astype(np.int64)


def by_queue(view: DeskView) -> Key:
    """(N, 1, K): the ticket that stands first in the queue ranks first.

    The queue's own order (by arrival, priority or deadline) counts within a category; between
    categories, which are lists of their own, the first to arrive comes first.
    """
    in_slot_order = np.argsort(view.category, axis=1, kind="stable")
    in_arrival_order = np.lexsort((view.number, view.category), axis=1)
    places = np.empty(view.number.shape, np.int64)
    numbers = np.take_along_axis(view.number, in_arrival_order, axis=1)
    np.put_along_axis(places, in_slot_order, numbers, axis=1)
    return -places[:, None, :]


def per_slot(table: NDArray[Any], view: DeskView) -> NDArray[Any]:
    """An (A, C) table read at the category of each slot: (N, A, K), meaningless in holes."""
    return np.moveaxis(table[:, view.category], 0, 1)


def fastest(view: DeskView) -> Key:
    """(N, A, K): the shorter its expected handle time, the better the pair."""
    return -per_slot(view.handle_steps, view)
