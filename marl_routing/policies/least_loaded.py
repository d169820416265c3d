"""The first ticket of the queue to the agent with the least on its plate (shortest queue).

Winston (1977), "Optimality of the shortest line discipline", J. Appl. Probab. 14.
"""

from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import LOAD, QUEUE
from marl_routing.policies.kernels.rule import BEST_PAIR_FIRST


class LeastLoaded(CompiledPolicy):
    """Load is tickets held over capacity; equal loads are drawn."""

    name = "least_loaded"
    matcher = BEST_PAIR_FIRST
    ranking = (QUEUE, LOAD)
