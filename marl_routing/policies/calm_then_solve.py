"""Calm the customer first, then solve: the rule of every service training.

Hart, Heskett & Sasser (1990), "The profitable art of service recovery", Harvard Business Review.
"""

from marl_routing.policies.kernels.rule import CALM_THEN_SOLVE
from marl_routing.policies.talking import TalkingPolicy


class CalmThenSolve(TalkingPolicy):
    """Below neutral soothe, and from there on solve with what suits the inquiry; never sell.

    Of two ways to soothe the one that has failed less often, of the ways to solve the best by the
    table among those. An angry customer whom soothing has failed twice each way is escalated.
    """

    name = "calm_then_solve"
    speaker = CALM_THEN_SOLVE
