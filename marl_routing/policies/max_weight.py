"""MaxWeight: of all matchings of free agents and tickets the one of the largest h q mu in sum.

Tassiulas & Ephremides (1992), "Stability properties of constrained queueing systems and scheduling
policies for maximum throughput in multihop radio networks", IEEE Trans. Autom. Control 37.
"""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.c_mu import savings_rate
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import QUEUE_VALUE
from marl_routing.policies.kernels.rule import LARGEST_SUM


class MaxWeight(CompiledPolicy):
    """As `hungarian`, with pairs worth more the longer their queue, all of it for each ticket.

    `gc_mu_queue` differs: there agents choose one after another, and each counts what is left.
    """

    name = "max_weight"
    matcher = LARGEST_SUM
    ranking = (QUEUE_VALUE,)

    def values(self, view: DeskView) -> NDArray[np.float64]:
        """The cost saved per step and ticket waiting."""
        return savings_rate(view)
