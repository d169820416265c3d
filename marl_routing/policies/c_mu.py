"""The c-mu rule: free agents take the ticket with the largest holding cost times service rate.

Cox & Smith (1961), "Queues"; heavy traffic: Van Mieghem (1995), "Dynamic scheduling with convex
delay costs: the generalized c-mu rule", Ann. Appl. Probab. 5.
"""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import VALUE
from marl_routing.policies.kernels.rule import AGENT_BY_AGENT


class CMu(CompiledPolicy):
    """Agents choose in random order; holding costs are the scenario's `waiting` weights."""

    name = "c_mu"
    matcher = AGENT_BY_AGENT
    ranking: ClassVar[Sequence[int]] = (VALUE,)

    def values(self, view: DeskView) -> NDArray[np.float64]:
        """The cost saved per step."""
        return savings_rate(view)


def savings_rate(view: DeskView) -> NDArray[np.float64]:
    """(A, C): holding cost a step of category c, times the chance that agent a ends one in a step.

    A scenario that does not charge waiting is read as charging every category 1.
    """
    costs = np.maximum(-view.waiting_weights.astype(np.float64), 0.0)
    costs = costs if costs.any() else np.ones_like(costs)
    savings: NDArray[np.float64] = costs * service_rate(view)
    return savings


def service_rate(view: DeskView) -> NDArray[np.float64]:
    """(A, C): the chance that agent a ends a ticket of category c in a step of its work."""
    handle = view.handle_steps.astype(np.float64)
    rate = np.divide(1.0, handle, out=np.zeros_like(handle), where=handle > 0)
    return np.minimum(rate, 1.0)
