"""What rules that talk say to one customer."""

import numpy as np

from marl_routing.core.compiler import kernel, only_with
from marl_routing.core.conversation import chance_of, efficiency
from marl_routing.core.conversation_record import (
    ESCALATE_TALK,
    MOST_WORN,
    NUM_SENTIMENTS,
    NUM_STRATEGIES,
    SENTIMENTS,
    STRATEGIES,
)
from marl_routing.core.parameters import RESPOND
from marl_routing.core.record import Record
from marl_routing.core.terms import TERMS
from marl_routing.policies.kernels.customers import meet
from marl_routing.policies.kernels.rule import CALM_THEN_SOLVE, SAYS_NOTHING, TABLE_GREEDY, Rule
from marl_routing.policies.kernels.sight import Sight


def _bits(*names: str) -> int:
    return sum(1 << STRATEGIES.index(name) for name in names)


SOOTHING = _bits("empathetic", "apologetic")
SOLVING = _bits("technical", "product_recommend", "educational", "quick_resolution")
CALM = SENTIMENTS.index("neutral")

_SATISFACTION, _EFFICIENCY, _IMPACT, _ESCALATION, _ABANDONED = (
    TERMS.index(name)
    for name in ("satisfaction", "efficiency", "business_impact", "escalation", "abandoned")
)


@only_with("talk")
def talk(rules: Record, desk: Record, rule: Rule, sight: Sight, actions: Record) -> None:
    """Who is in a conversation talks, unless what the rule would say is not legal."""
    if rule.plan[0].speaker == SAYS_NOTHING:
        return
    customer = sight.scratch.customer[0]
    for agent in range(actions.shape[0]):
        if meet(rules, desk, agent, sight.masks[agent], customer):
            said = say(rule.plan[0].speaker, rule.manners[0], customer)
            if customer.legal[said]:
                actions[agent] = rules.verb_at[RESPOND] + said


@kernel
def say(speaker: int, manners: Record, customer: Record) -> int:
    """A strategy; the first of equal ones."""
    if speaker == CALM_THEN_SOLVE:
        return _calm_then_solve(customer)
    if speaker == TABLE_GREEDY:
        return _best_turn(manners, customer)
    return speaker


@kernel
def _calm_then_solve(customer: Record) -> int:
    """Below neutral soothe, else solve; who has been soothed in vain is escalated."""
    upset = customer.sentiment < CALM
    ways = SOOTHING if upset else SOLVING
    best, most, tried = 0, -np.inf, True
    for strategy in range(NUM_STRATEGIES):
        worth = customer.effectiveness[strategy] - customer.worn[strategy]
        if customer.legal[strategy] and (ways >> strategy) & 1 and worth > most:
            best, most = strategy, worth
        if (SOOTHING >> strategy) & 1 and customer.worn[strategy] < MOST_WORN:
            tried = False
    if customer.sentiment == 0 and tried and customer.legal[ESCALATE_TALK]:
        return ESCALATE_TALK
    return best


@kernel
def _best_turn(manners: Record, customer: Record) -> int:
    """What is worth most after this turn, on average."""
    best, most = 0, -np.inf
    for strategy in range(NUM_STRATEGIES):
        if customer.legal[strategy]:
            works = chance_of(
                manners, customer, strategy, customer.effectiveness[strategy], customer.expertise
            )
            worth = works * _if_it_works(manners, customer, strategy)
            worth += (1.0 - works) * _if_not(manners, customer, strategy)
            if worth > most:
                best, most = strategy, worth
    return best


@kernel
def _if_it_works(manners: Record, customer: Record, strategy: int) -> float:
    if strategy == ESCALATE_TALK:
        value = manners.escalation_value * manners.tier_value[customer.tier]
        paid = 0.0 if customer.escalated else value
        return float(manners.weights[_ESCALATION] + manners.weights[_IMPACT] * paid)
    satisfaction = customer.satisfaction
    return _worth(
        manners,
        customer,
        satisfaction + manners.gain[strategy] * (1.0 - satisfaction),
        customer.progress + manners.advance[strategy],
        min(customer.sentiment + manners.rise[strategy], NUM_SENTIMENTS - 1.0),
    )


@kernel
def _if_not(manners: Record, customer: Record, strategy: int) -> float:
    falls = manners.fall[customer.sentiment, strategy]
    hangs_up = falls if customer.sentiment == 0 else 0.0
    worth = _worth(
        manners,
        customer,
        customer.satisfaction * (1.0 - manners.loss[strategy]),
        customer.progress,
        max(customer.sentiment - falls, 0.0),
    )
    return float(hangs_up * manners.weights[_ABANDONED] + (1.0 - hangs_up) * worth)


@kernel
def _worth(
    manners: Record, customer: Record, satisfaction: float, progress: int, sentiment: float
) -> float:
    """What resolving pays if it is resolved, or else as far as it has come."""
    weights, turns = manners.weights, customer.turns + 1
    impact = manners.tier_value[customer.tier]
    if customer.escalated:
        impact *= 1.0 - manners.escalation_value
    prize = (
        weights[_SATISFACTION] * 2.0 * satisfaction
        + weights[_EFFICIENCY] * efficiency(turns, manners.max_turns)
        + weights[_IMPACT] * impact
    )
    if progress >= customer.needs:
        return float(prize)
    if turns >= manners.max_turns:
        return float(weights[_ABANDONED])
    calm = sentiment / (NUM_SENTIMENTS - 1)
    return float(prize * (progress + calm) / (customer.needs + 1))
