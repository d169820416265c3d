"""What rules that talk say, a second time, in NumPy on whole batches; as `by_numpy`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.conversation_record import (
    MOST_WORN,
    NUM_SENTIMENTS,
    SENTIMENTS,
    STRATEGIES,
)
from marl_routing.core.terms import TERMS
from marl_routing.envs.conversations import Conversations

Floats = NDArray[np.float64]
Array = NDArray[Any]

ESCALATE = STRATEGIES.index("escalate")
SOOTHING = ("empathetic", "apologetic")
SOLVING = ("technical", "product_recommend", "educational", "quick_resolution")
CALM = SENTIMENTS.index("neutral")
LIKELIEST, UNLIKELIEST = 0.98, 0.02


def say(rule: str, talks: Conversations, legal: Array) -> Array:
    """(N, A): strategies."""
    if rule == "calm_then_solve":
        return _calm_then_solve(talks, legal)
    if rule == "table_greedy":
        works = chances(talks)
        return best_of(works * if_it_works(talks) + (1.0 - works) * _if_not(talks), legal)
    return np.full(legal.shape[:2], STRATEGIES.index(rule.partition("=")[2] or "quick_resolution"))


def _calm_then_solve(talks: Conversations, legal: Array) -> Array:
    upset = talks.sentiment < CALM
    ways = np.where(upset[:, :, None], _among(SOOTHING), _among(SOLVING))
    said = best_of(talks.effectiveness - talks.worn, legal & ways)
    tried = (talks.worn >= MOST_WORN) | ~_among(SOOTHING)
    lost = (talks.sentiment == 0) & tried.all(axis=2) & legal[:, :, ESCALATE]
    return np.where(lost, ESCALATE, said)


def _among(names: tuple[str, ...]) -> Array:
    return np.array([strategy in names for strategy in STRATEGIES])


def chances(talks: Conversations) -> Floats:
    """(N, A, 8): how likely each strategy is to work, as the desk reckons."""
    rules = talks.rules
    worn = rules["wear"] * np.minimum(talks.worn, MOST_WORN) / MOST_WORN
    skill = rules["skill_floor"] + (1.0 - rules["skill_floor"]) * talks.expertise
    chance: Floats = talks.effectiveness * (1.0 - worn) * skill[:, :, None]
    chance += (talks.context - 0.5) @ rules["context_effects"].T
    chance += rules["tier_help"] * talks.escalated[:, :, None]
    chance = np.clip(chance, UNLIKELIEST, LIKELIEST)
    return chance


def best_of(values: Floats, allowed: Array) -> Array:
    """(N, A): the first of the best strategies that are allowed."""
    best: Array = np.where(allowed, values, -np.inf).argmax(axis=2)
    return best


def if_it_works(talks: Conversations) -> Floats:
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
