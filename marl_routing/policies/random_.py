"""Uniformly random legal actions: what an untrained policy does."""

import numpy as np

from marl_routing.core.view import DeskView
from marl_routing.policies.draws import Draws
from marl_routing.policies.policy import Actions, Masks


class Random:
    """Each agent draws from its legal actions, pass among them; reads the masks alone."""

    name = "random"

    def __init__(self) -> None:
        self._draws = Draws()

    def reset(self, seed: int) -> None:
        """Start again: desk i draws from `seed + i`."""
        self._draws.reset(seed)

    def act(self, view: DeskView, masks: Masks) -> Actions:
        """(N, A) int32, each uniform over its agent's legal actions."""
        counts = np.cumsum(masks, axis=2, dtype=np.int32)
        drawn = (self._draws.next(*masks.shape[:2]) * counts[:, :, -1]).astype(np.int32)
        actions: Actions = (counts > drawn[:, :, None]).argmax(axis=2).astype(np.int32)
        return actions
