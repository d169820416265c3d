"""The best matching of free agents and tickets, found by bidding: no central solver is needed.

Bertsekas (1988), "The auction algorithm: a distributed relaxation method for the assignment
problem", Ann. Oper. Res. 14; Bertsekas (1992), "Auction algorithms for network flow problems: a
tutorial introduction", Comput. Optim. Appl. 1.
"""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.c_mu import savings_rate
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import VALUE
from marl_routing.policies.kernels.rule import AUCTION


class Auction(CompiledPolicy):
    """As `hungarian`, up to a hundred-thousandth of the largest value for each bidder.

    Agents bid for the ticket whose holding cost times service rate, less its price, is largest;
    the price rises to where they would as soon have the next best thing.

    Args:
        pass_value: what an agent gains by passing; pairs worth less are not made.
    """

    name = "auction"
    matcher = AUCTION
    ranking = (VALUE,)

    def __init__(self, pass_value: float = 0.0) -> None:
        super().__init__()
        self.pass_value = pass_value

    def values(self, view: DeskView) -> NDArray[np.float64]:
        """The cost saved per step."""
        return savings_rate(view)
