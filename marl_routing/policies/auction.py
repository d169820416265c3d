"""The best matching of free agents and tickets, found by bidding: no central solver is needed.

Bertsekas (1988), "The auction algorithm: a distributed relaxation method for the assignment
problem", Ann. Oper. Res. 14; Bertsekas (1992), "Auction algorithms for network flow problems: a
tutorial introduction", Comput. Optim. Appl. 1.
"""

from marl_routing.policies.hungarian import Hungarian
from marl_routing.policies.kernels.rule import AUCTION


class Auction(Hungarian):
    """As `hungarian`, up to a hundred-thousandth of the largest value for each bidder.

    Agents bid for the ticket whose holding cost times service rate, less its price, is largest;
    the price rises to where they would as soon have the next best thing.

    Args:
        pass_value: what an agent gains by passing; pairs worth less are not made.
    """

    name = "auction"
    matcher = AUCTION
