"""The c-mu/theta rule: the largest cost times service rate, over the rate of abandonment.

Atar, Giat & Shimkin (2010), "The c-mu/theta rule for many-server queues with abandonment",
Oper. Res. 58: optimal for holding costs in overload, where some must be lost whatever one does.
"""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.terms import TERMS
from marl_routing.core.view import DeskView
from marl_routing.policies.c_mu import savings_rate, service_rate
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import WEIGHT
from marl_routing.policies.kernels.rule import AGENT_BY_AGENT

_NEVER = 2.0**-30  # a step: what has no patience stays, on average, as long as the core can count


class CMuTheta(CompiledPolicy):
    """Agents choose in random order; a category's priorities count apart, as does their patience.

    A ticket costs its `waiting` weight per step and the `abandoned` weight if it is lost: c is the
    one plus theta times the other. Tickets that never lose patience come before all that do, in the
    order of `c_mu`; so a desk without patience is served as `c_mu` serves it.
    """

    name = "c_mu_theta"
    matcher = AGENT_BY_AGENT
    ranking = (WEIGHT,)

    def weights(self, view: DeskView) -> NDArray[np.float32]:
        """The index, cost times service rate over the chance of abandonment."""
        leaves = np.maximum(view.abandonment, _NEVER)
        lost = max(-float(view.weights[TERMS.index("abandoned")]), 0.0)
        holding = savings_rate(view)[:, :, None]
        index: NDArray[np.float64] = holding / leaves + lost * service_rate(view)[:, :, None]
        return index.astype(np.float32)
