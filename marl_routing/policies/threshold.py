"""Own best category first; help in another only while more than K tickets wait there.

Threshold control of flexible agents: Bell & Williams (2001), "Dynamic scheduling of a system with
two parallel servers in heavy traffic with resource pooling", Ann. Appl. Probab. 11.
"""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.best_skill import BestSkill
from marl_routing.policies.matching import Ties
from marl_routing.policies.policy import Actions, Legal
from marl_routing.policies.ranked import per_slot


class Threshold(BestSkill):
    """Best skill among the tickets of one's own fastest category and of crowded ones.

    Args:
        help_beyond: K; a ticket of another category is taken while more than K wait in it.
    """

    name = "threshold"

    def __init__(self, help_beyond: int = 6) -> None:
        super().__init__()
        self.help_beyond = help_beyond

    def match(self, view: DeskView, legal: Legal, ties: Ties) -> Actions:
        """Best skill within what the threshold allows."""
        crowded = still_waiting(view) > self.help_beyond
        allowed = per_slot(own_best(view), view) | crowded[:, None, :]
        return super().match(view, legal & allowed, ties)


def own_best(view: DeskView) -> NDArray[np.bool_]:
    """(A, C): the categories (more than one, if equal) that each agent handles fastest."""
    handle = np.where(view.handle_steps > 0, view.handle_steps, np.inf)
    best: NDArray[np.bool_] = handle == handle.min(axis=1, keepdims=True)
    return best


def still_waiting(view: DeskView) -> NDArray[np.int64]:
    """(N, K): tickets that wait in a slot's category when its turn comes, itself included.

    A category's tickets are taken in queue order, so those before it are gone by then: helpers
    count what their colleagues take in the same tick.
    """
    same = view.category[:, :, None] == view.category[:, None, :]
    before = np.tril(same, -1).sum(axis=2)
    waiting: NDArray[np.int64] = np.take_along_axis(view.queued, view.category, axis=1) - before
    return waiting
