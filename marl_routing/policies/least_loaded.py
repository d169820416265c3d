"""Oldest ticket first, to the agent with the least on its plate (join the shortest queue).

Winston (1977), "Optimality of the shortest line discipline", J. Appl. Probab. 14.
"""

from collections.abc import Sequence

from marl_routing.core.view import DeskView
from marl_routing.policies.matching import Key, best_pair_first
from marl_routing.policies.ranked import RankedPolicy, by_arrival


class LeastLoaded(RankedPolicy):
    """Load is tickets held over capacity; equal loads are drawn."""

    name = "least_loaded"
    matcher = best_pair_first

    def keys(self, view: DeskView) -> Sequence[Key]:
        """The oldest ticket, then the smallest load."""
        return by_arrival(view), -(view.held / view.capacity)[:, :, None]
