"""Bid what serving the ticket is worth: the honest bid of auction theory.

Vickrey (1961), "Counterspeculation, auctions, and competitive sealed tenders", J. Finance 16.
"""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.terms import TERMS
from marl_routing.core.view import DeskView
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.rule import BIDS
from marl_routing.policies.policy import BidPolicy


class Truthful(CompiledPolicy, BidPolicy):
    """Agents with a free hand bid their service value, as a share of the largest on this desk."""

    name = "truthful"
    matcher = BIDS

    def bids(self, view: DeskView) -> NDArray[np.float32]:
        """The values as shares."""
        values = np.maximum(service_values(view), 0.0)
        return (values / (values.max() or 1.0)).astype(np.float32)


def service_values(view: DeskView) -> NDArray[np.float64]:
    """(A, C, P): what accepting and resolving a ticket pays, by the weights of the reward.

    The terms that are sure when the agent wins: `accept_base`, `expertise_bonus`,
    `resolution_time` and `resolved`. Waiting and breaches that it spares the desk are left out, as
    are later tickets that it could have had instead. 0 where the agent cannot serve the category.
    """
    weights = dict(zip(TERMS, view.weights.astype(np.float64).tolist(), strict=True))
    urgency = np.arange(view.num_priorities, 0, -1)
    time = weights["resolution_time"] * view.handle_steps[:, :, None] * urgency
    expertise = weights["expertise_bonus"] * view.expertise[:, :, None]
    values = weights["accept_base"] + weights["resolved"] + expertise + time
    paid: NDArray[np.float64] = np.where(view.handle_steps[:, :, None] > 0, values, 0.0)
    return paid
