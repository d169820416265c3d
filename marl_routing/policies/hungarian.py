"""The best matching of free agents and visible tickets, by holding cost saved per step.

Kuhn (1955), "The Hungarian method for the assignment problem", Naval Res. Logist. 2.
"""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.c_mu import savings_rate
from marl_routing.policies.draws import Draws
from marl_routing.policies.policy import Actions, Masks, may_take
from marl_routing.policies.ranked import by_queue, per_slot

_FORBIDDEN = -1e30  # worse than any pass
# Too small to change a choice between different values: they only order equal ones.
_FIRST, _TIE = 1e-6, 1e-9


class Hungarian:
    """Maximises the sum of holding cost times service rate over the pairs made in this tick.

    Args:
        pass_value: what an agent gains by passing; pairs worth less are not made.
    """

    name = "hungarian"

    def __init__(self, pass_value: float = 0.0) -> None:
        self.pass_value = pass_value
        self._draws = Draws()

    def reset(self, seed: int) -> None:
        """Start again: desk i draws its ties from `seed + i`."""
        self._draws.reset(seed)

    def act(self, view: DeskView, masks: Masks) -> Actions:
        """(N, A) int32 actions; see `Policy.act`."""
        legal = may_take(view, masks)
        ties = self._draws.next(*view.available.shape)
        actions = np.zeros(masks.shape[:2], np.int32)
        savings = savings_rate(view)
        place = np.argsort(np.argsort(-by_queue(view), axis=2), axis=2)  # 0 = first in the queue
        nudge = _TIE * ties[:, :, None] + _FIRST * (1 - place / place.shape[2])
        values = per_slot(savings, view) + savings.max() * nudge
        values = np.where(legal, values, _FORBIDDEN)
        for desk in np.flatnonzero(legal.any(axis=(1, 2))):
            actions[desk] = self._assign(values[desk])
        return actions

    def _assign(self, values: NDArray[np.float64]) -> Actions:
        """(A,) actions on one desk, from the (A, K) values of its pairs."""
        from scipy.optimize import linear_sum_assignment

        agents, slots = values.shape
        choices = np.concatenate([values, np.full((agents, agents), self.pass_value)], axis=1)
        _, chosen = linear_sum_assignment(choices, maximize=True)
        return np.where(chosen < slots, chosen + 1, 0).astype(np.int32)
