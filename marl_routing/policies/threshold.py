"""Own best category first; help in another only while more than K tickets wait there.

Threshold control of flexible agents: Bell & Williams (2001), "Dynamic scheduling of a system with
two parallel servers in heavy traffic with resource pooling: asymptotic optimality of a threshold
policy", Ann. Appl. Probab. 11.
"""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.best_skill import BestSkill


class Threshold(BestSkill):
    """Best skill among the tickets of one's own fastest category and of crowded ones.

    Args:
        help_beyond: K; a ticket of another category is taken while more than K wait in it.
    """

    name = "threshold"

    def __init__(self, help_beyond: int = 6) -> None:
        super().__init__()
        self.help_beyond = help_beyond

    def allowed(self, view: DeskView) -> NDArray[np.bool_]:
        """The categories (more than one, if equal) that each agent handles fastest."""
        handle = np.where(view.handle_steps > 0, view.handle_steps, np.inf)
        best: NDArray[np.bool_] = handle == handle.min(axis=1, keepdims=True)
        return best
