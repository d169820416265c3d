"""First come, first served, by the agent that has been idle longest: a call centre's default.

Armony & Ward (2010), "Fair dynamic routing in large-scale heterogeneous-server systems",
Oper. Res. 58.
"""

from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import ARRIVAL, IDLE
from marl_routing.policies.kernels.rule import BEST_PAIR_FIRST


class FcfsLongestIdle(CompiledPolicy):
    """The oldest ticket goes to whoever became idle first; agents that hold tickets come last."""

    name = "fcfs_longest_idle"
    matcher = BEST_PAIR_FIRST
    ranking = (ARRIVAL, IDLE)
