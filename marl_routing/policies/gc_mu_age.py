"""The generalised c-mu rule on ages: the largest marginal cost of delay times service rate.

Van Mieghem (1995), "Dynamic scheduling with convex delay costs: the generalized c-mu rule",
Ann. Appl. Probab. 5; here with costs that are quadratic in a ticket's age, h age^2 / 2, so that the
index is h age mu.
"""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.c_mu import savings_rate
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import AGE_VALUE, VALUE
from marl_routing.policies.kernels.rule import AGENT_BY_AGENT


class GcMuAge(CompiledPolicy):
    """Agents choose in random order; h is the `waiting` weight. Tickets just come rank by h mu."""

    name = "gc_mu_age"
    matcher = AGENT_BY_AGENT
    ranking = (AGE_VALUE, VALUE)

    def values(self, view: DeskView) -> NDArray[np.float64]:
        """The cost saved per step and step of age."""
        return savings_rate(view)
