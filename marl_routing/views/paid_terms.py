"""What the terms of the reward paid, over all agents of a desk."""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.terms import TERMS
from marl_routing.envs.desk_batch import DeskBatch

Amounts = dict[str, NDArray[np.float64]]  # (N,) by term


def paid_terms(desks: DeskBatch) -> Amounts:
    """What each term that has a weight paid last at every desk."""
    weights = desks.rules.desk[0]["weights"]
    amounts = desks.term_totals() * weights + 0.0  # no -0.0
    paid = {name: amounts[:, i] for i, name in enumerate(TERMS) if weights[i]}
    if "waiting" in paid:  # weighs each category for itself
        paid["waiting"] = desks.states["waiting_reward"].astype(np.float64)
    return paid
