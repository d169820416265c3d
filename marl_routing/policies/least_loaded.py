"""The first ticket of the queue to the agent with the least on its plate (shortest queue).

Winston (1977), "Optimality of the shortest line discipline", J. Appl. Probab. 14.
"""

from collections.abc import Sequence

from marl_routing.core.view import DeskView
from marl_routing.policies.matching import Key, best_pair_first
from marl_routing.policies.ranked import RankedPolicy, by_queue


class LeastLoaded(RankedPolicy):
    """Load is tickets held over capacity; equal loads are drawn."""

    name = "least_loaded"
    matcher = best_pair_first

    def keys(self, view: DeskView) -> Sequence[Key]:
        """The first ticket, then the smallest load."""
        return by_queue(view), -(view.held / view.capacity)[:, :, None]
