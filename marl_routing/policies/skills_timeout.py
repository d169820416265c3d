"""Only agents with the skill at first; whom a ticket has waited long enough for, anybody who can.

The skills timeout of helpdesk products: Zendesk, "Using skills to route tickets",
support.zendesk.com. A threshold as in `threshold`, on waiting time instead of queue length.
"""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import QUEUE, VALUE
from marl_routing.policies.kernels.rule import BEST_PAIR_FIRST


class SkillsTimeout(CompiledPolicy):
    """The queue's order among what agents may take; the fastest agent with a free hand serves.

    Args:
        minutes: that a ticket waits for agents with the skill.
        within: an agent has the skill for a category if it takes at most so many times as long as
            the fastest.
    """

    name = "skills_timeout"
    matcher = BEST_PAIR_FIRST
    ranking = (QUEUE, VALUE)

    def __init__(self, minutes: float = 30.0, within: float = 1.5) -> None:
        if minutes < 0.0:
            raise ValueError(f"policy skills_timeout: minutes must be at least 0, not {minutes}")
        if within < 1.0:
            raise ValueError(f"policy skills_timeout: within must be at least 1, not {within}")
        super().__init__()
        self.help_after_minutes, self.within = minutes, within

    def allowed(self, view: DeskView) -> NDArray[np.bool_]:
        """The pairs of agent and category with the skill."""
        handle = np.where(view.handle_steps > 0, view.handle_steps, np.inf)
        skilled: NDArray[np.bool_] = handle <= self.within * handle.min(axis=0)
        return skilled & (view.handle_steps > 0)
