"""The best matching of free agents and visible tickets, by holding cost saved per step.

Kuhn (1955), "The Hungarian method for the assignment problem", Naval Res. Logist. 2.
"""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.c_mu import savings_rate
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import VALUE
from marl_routing.policies.kernels.rule import LARGEST_SUM


class Hungarian(CompiledPolicy):
    """Maximises the sum of holding cost times service rate over the pairs made in this tick.

    Args:
        pass_value: what an agent gains by passing; pairs worth less are not made.
    """

    name = "hungarian"
    matcher = LARGEST_SUM
    ranking = (VALUE,)

    def __init__(self, pass_value: float = 0.0) -> None:
        super().__init__()
        self.pass_value = pass_value

    def values(self, view: DeskView) -> NDArray[np.float64]:
        """The cost saved per step."""
        return savings_rate(view)
