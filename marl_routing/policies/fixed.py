"""Always say the same: what a conversation is worth without listening."""

import numpy as np

from marl_routing.core.conversation_record import STRATEGIES
from marl_routing.envs.conversations import Conversations
from marl_routing.policies.policy import Legal
from marl_routing.policies.talking import Strategies, TalkingPolicy


class Fixed(TalkingPolicy):
    """One strategy for every customer; silence where it is not legal.

    Args:
        strategy: one of `STRATEGIES`.
    """

    name = "fixed"

    def __init__(self, strategy: str = "quick_resolution") -> None:
        if strategy not in STRATEGIES:
            known = ", ".join(STRATEGIES)
            raise ValueError(f"policy fixed: strategy must be one of {known}, not {strategy!r}")
        super().__init__()
        self.strategy = strategy

    def say(self, talks: Conversations, legal: Legal) -> Strategies:
        """(N, A): the same everywhere."""
        return np.full(legal.shape[:2], STRATEGIES.index(self.strategy))
