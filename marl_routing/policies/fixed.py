"""Always say the same: what a conversation is worth without listening."""

from marl_routing.core.conversation_record import STRATEGIES
from marl_routing.policies.talking import TalkingPolicy


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
        self.speaker = STRATEGIES.index(strategy)
