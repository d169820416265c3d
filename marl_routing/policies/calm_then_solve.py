"""Calm the customer first, then solve: the rule of every service training.

Hart, Heskett & Sasser (1990), "The profitable art of service recovery", Harvard Business Review.
"""

import numpy as np

from marl_routing.core.conversation_record import MOST_WORN, SENTIMENTS, STRATEGIES
from marl_routing.envs.conversations import Conversations
from marl_routing.policies.policy import Legal
from marl_routing.policies.talking import Strategies, TalkingPolicy, best_of

ESCALATE = STRATEGIES.index("escalate")
SOOTHING = ("empathetic", "apologetic")
SOLVING = ("technical", "product_recommend", "educational", "quick_resolution")
CALM = SENTIMENTS.index("neutral")


class CalmThenSolve(TalkingPolicy):
    """Below neutral soothe, and from there on solve with what suits the inquiry; never sell.

    Of two ways to soothe the one that has failed less often, of the ways to solve the best by the
    table among those. An angry customer whom soothing has failed twice each way is escalated.
    """

    name = "calm_then_solve"

    def say(self, talks: Conversations, legal: Legal) -> Strategies:
        """(N, A): by sentiment, then by inquiry type."""
        upset = talks.sentiment < CALM
        ways = np.where(upset[:, :, None], _among(SOOTHING), _among(SOLVING))
        said = best_of(talks.effectiveness - talks.worn, legal & ways)
        tried = (talks.worn >= MOST_WORN) | ~_among(SOOTHING)
        lost = (talks.sentiment == 0) & tried.all(axis=2) & legal[:, :, ESCALATE]
        return np.where(lost, ESCALATE, said)


def _among(names: tuple[str, ...]) -> Legal:
    """(8,): which strategies these are."""
    return np.array([strategy in names for strategy in STRATEGIES])
