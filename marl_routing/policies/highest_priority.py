"""The most urgent ticket first, to the free agent that handles it fastest.

Static priorities: Cobham (1954), "Priority assignment in waiting line problems", Oper. Res. 2.
"""

from collections.abc import Sequence

import numpy as np

from marl_routing.core.view import DeskView
from marl_routing.policies.matching import Key, best_pair_first
from marl_routing.policies.ranked import RankedPolicy, by_arrival, fastest


class HighestPriority(RankedPolicy):
    """Priority 0 first; first come, first served within a priority."""

    name = "highest_priority"
    matcher = best_pair_first

    def keys(self, view: DeskView) -> Sequence[Key]:
        """The most urgent ticket, then the oldest, then its fastest agent."""
        return -view.priority[:, None, :].astype(np.int64), by_arrival(view), fastest(view)
