"""The most urgent ticket first, to the free agent that handles it fastest.

Static priorities: Cobham (1954), "Priority assignment in waiting line problems", Oper. Res. 2.
"""

from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import ARRIVAL, PRIORITY, VALUE
from marl_routing.policies.kernels.rule import BEST_PAIR_FIRST


class HighestPriority(CompiledPolicy):
    """Priority 0 first; first come, first served within a priority."""

    name = "highest_priority"
    matcher = BEST_PAIR_FIRST
    ranking = (PRIORITY, ARRIVAL, VALUE)
