"""What the terms of the reward paid, over all agents of a desk."""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.terms import TERMS
from marl_routing.envs.desk_batch import DeskBatch

Amounts = dict[str, NDArray[np.float64]]  # (N,) by term


def paid_terms(desks: DeskBatch) -> Amounts:
    """What each term that has a weight paid last at every desk."""
    raw = desks.terms()
    paid = {
        name: float(weight) * raw[name].sum(axis=1).astype(np.float64) + 0.0  # no -0.0
        for name, weight in zip(TERMS, desks.view().weights, strict=True)
        if weight
    }
    if "waiting" in paid:  # weighs each category for itself
        paid["waiting"] = desks.states["waiting_reward"].astype(np.float64)
    return paid
