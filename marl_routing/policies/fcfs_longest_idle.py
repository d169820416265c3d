"""First come, first served, by the agent that has been idle longest: a call centre's default.

Armony & Ward (2010), "Fair dynamic routing in large-scale heterogeneous-server systems",
Oper. Res. 58.
"""

from collections.abc import Sequence

import numpy as np

from marl_routing.core.view import DeskView
from marl_routing.policies.matching import Key, best_pair_first
from marl_routing.policies.ranked import RankedPolicy, by_arrival


class FcfsLongestIdle(RankedPolicy):
    """The oldest ticket goes to whoever became idle first; agents that hold tickets come last."""

    name = "fcfs_longest_idle"
    matcher = best_pair_first

    def keys(self, view: DeskView) -> Sequence[Key]:
        """The oldest ticket, then the longest idle agent."""
        idle = np.where(view.idle, -view.idle_since.astype(np.float64), -np.inf)
        return by_arrival(view), idle[:, :, None]
