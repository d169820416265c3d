"""Say what is expected to do most good in this turn, by the industry's own tables."""

import numpy as np

from marl_routing.core.conversation_record import NUM_SENTIMENTS, STRATEGIES
from marl_routing.core.terms import TERMS
from marl_routing.envs.conversations import Conversations, Floats
from marl_routing.policies.policy import Legal
from marl_routing.policies.talking import Strategies, TalkingPolicy, best_of, chances

ESCALATE = STRATEGIES.index("escalate")


class TableGreedy(TalkingPolicy):
    """Looks one turn ahead, by probabilities that a learner has to find out.

    A conversation that goes on counts as what resolving it in this turn would pay, times the share
    of the way that is done: progress, and calm as one step more. One that ends counts as what the
    end pays the whole desk, by the reward's weights of satisfaction, efficiency, business impact,
    escalations and abandoned tickets. It overlooks all else: deadlines, the queue, tickets that
    come back, and what the next agent makes of an escalated one.
    """

    name = "table_greedy"

    def say(self, talks: Conversations, legal: Legal) -> Strategies:
        """(N, A): the best expected next step."""
        works = chances(talks)
        return best_of(works * _if_it_works(talks) + (1.0 - works) * _if_not(talks), legal)


def _if_it_works(talks: Conversations) -> Floats:
    """(N, A, 8): worth of the conversation after a turn that works."""
    rules = talks.rules
    satisfaction, progress, sentiment = (
        values[:, :, None].astype(np.float64)
        for values in (talks.satisfaction, talks.progress, talks.sentiment)
    )
    worth = _worth(
        talks,
        satisfaction + rules["gain"] * (1.0 - satisfaction),
        progress + rules["advance"],
        np.minimum(sentiment + rules["rise"], NUM_SENTIMENTS - 1),
    )
    worth[:, :, ESCALATE] = _escalated(talks)
    return worth


def _if_not(talks: Conversations) -> Floats:
    """(N, A, 8): worth of the conversation after a turn that does not."""
    rules, sentiment = talks.rules, talks.sentiment[:, :, None].astype(np.float64)
    falls = rules["fall"][talks.sentiment]
    worth = _worth(
        talks,
        talks.satisfaction[:, :, None] * (1.0 - rules["loss"]),
        talks.progress[:, :, None].astype(np.float64),
        np.maximum(sentiment - falls, 0.0),
    )
    hangs_up = np.where(sentiment == 0, falls, 0.0)
    return hangs_up * _weights(talks)["abandoned"] + (1.0 - hangs_up) * worth


def _worth(
    talks: Conversations, satisfaction: Floats, progress: Floats, sentiment: Floats
) -> Floats:
    """(N, A, 8): what resolving pays if it is resolved, or else as far as it has come."""
    rules, weights = talks.rules, _weights(talks)
    turns = talks.turns[:, :, None] + 1
    needs = rules["needs"][talks.inquiry][:, :, None]
    still_to_pay = np.where(talks.escalated, 1.0 - rules["escalation_value"], 1.0)
    impact = rules["tier_value"][talks.tier] * still_to_pay
    prize = (
        weights["satisfaction"] * 2.0 * satisfaction
        + weights["efficiency"] * (0.1 + 0.4 * (1.0 - turns / rules["max_turns"]))
        + weights["business_impact"] * impact[:, :, None]
    )
    calm = sentiment / (NUM_SENTIMENTS - 1)
    goes_on = np.where(
        turns < rules["max_turns"], prize * (progress + calm) / (needs + 1), weights["abandoned"]
    )
    return np.where(progress >= needs, prize, goes_on)


def _escalated(talks: Conversations) -> Floats:
    """(N, A): what handing over pays."""
    rules, weights = talks.rules, _weights(talks)
    impact = rules["escalation_value"] * rules["tier_value"][talks.tier] * ~talks.escalated
    worth: Floats = weights["escalation"] + weights["business_impact"] * impact
    return worth


def _weights(talks: Conversations) -> dict[str, float]:
    return dict(zip(TERMS, talks.rules["weights"].astype(np.float64).tolist(), strict=True))
