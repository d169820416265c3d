"""The generalised c-mu rule on queue lengths: the largest marginal cost times service rate.

Mandelbaum & Stolyar (2004), "Scheduling flexible servers with convex costs: heavy-traffic
optimality of the generalized c-mu rule", Oper. Res. 52; here with costs that are quadratic in the
queue, h q^2 / 2, so that the index is h q mu: MaxWeight, one agent after the other.
"""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.c_mu import savings_rate
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import WAITING_VALUE
from marl_routing.policies.kernels.rule import AGENT_BY_AGENT


class GcMuQueue(CompiledPolicy):
    """Agents choose in random order; h is the `waiting` weight, q what others left of the queue."""

    name = "gc_mu_queue"
    matcher = AGENT_BY_AGENT
    ranking = (WAITING_VALUE,)

    def values(self, view: DeskView) -> NDArray[np.float64]:
        """The cost saved per step and ticket waiting."""
        return savings_rate(view)
