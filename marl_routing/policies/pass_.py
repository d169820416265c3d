"""Always pass: nobody ever accepts. The floor that every other policy must clear."""

import numpy as np

from marl_routing.core.view import DeskView
from marl_routing.policies.policy import Actions, Masks


class Pass:
    """No agent ever takes a ticket; reads the masks alone."""

    name = "pass"

    def reset(self, seed: int) -> None:
        """Nothing to forget."""

    def act(self, view: DeskView, masks: Masks) -> Actions:
        """(N, A) zeros."""
        return np.zeros(masks.shape[:2], np.int32)
