"""Reward: raw named terms, then r = (1 - sharing) x + sharing mean(x) with x = weights . terms."""

from marl_routing.core.compiler import kernel
from marl_routing.core.record import Record
from marl_routing.core.settling import is_idle
from marl_routing.core.terms import (
    ABANDONED,
    AGENT_TERMS,
    BUSINESS_IMPACT,
    DROPPED,
    IDLE_WITH_BACKLOG,
    IMBALANCE,
    NUM_AGENT_TERMS,
    SLA_BREACH,
    TERMS,
    UNHELD_BREACH,
    WAITING,
)

_ABANDONED_WEIGHT, _DROPPED_WEIGHT = TERMS.index("abandoned"), TERMS.index("dropped")
_IMPACT_WEIGHT = TERMS.index("business_impact")
assert TERMS[:NUM_AGENT_TERMS] == AGENT_TERMS


@kernel
def clear_terms(rules: Record, desk: Record) -> None:
    """Start a tick's account."""
    desk.measured = 1 if desk.step >= rules.warm_up_steps else 0
    desk.waiting_reward = 0.0
    for term in range(desk.desk_terms.shape[0]):
        desk.desk_terms[term] = 0.0
    for term in range(desk.terms.shape[0]):
        for agent in range(desk.terms.shape[1]):
            desk.terms[term, agent] = 0.0
    for agent in range(desk.won.shape[0]):
        desk.won[agent] = 0


@kernel
def credit_agent(desk: Record, term: int, agent: int, amount: float) -> None:
    """Add to a term of the holder or actor."""
    desk.terms[term, agent] += amount
    if desk.measured:
        desk.term_sums[term] += amount


@kernel
def credit_desk(desk: Record, term: int, amount: float) -> None:
    """Add to a term that the whole desk shares."""
    desk.desk_terms[term] += amount
    if desk.measured:
        desk.term_sums[desk.terms.shape[0] + term] += amount


@kernel
def charge_imbalance(rules: Record, desk: Record) -> None:
    """After the accepts: is the load of the agents lopsided?"""
    any_won = 0
    least, most, capacity = desk.held_count[0], desk.held_count[0], rules.capacity[0]
    for agent in range(desk.held_count.shape[0]):
        any_won |= desk.won[agent]
        least = min(least, desk.held_count[agent])
        most = max(most, desk.held_count[agent])
        capacity = max(capacity, rules.capacity[agent])
    if any_won and 2 * (most - least) > capacity:
        for agent in range(desk.won.shape[0]):
            if desk.won[agent]:
                credit_agent(desk, IMBALANCE, agent, 1.0)


@kernel
def charge_holding(rules: Record, desk: Record) -> None:
    """Right after the actions: the cost of open tickets, and of agents idle beside a queue."""
    credit_desk(desk, WAITING, desk.num_open)
    for category in range(desk.open.shape[0]):
        desk.waiting_reward += rules.waiting_weights[category] * desk.open[category]
    if desk.num_queued > 0:
        idle_agents = 0
        for agent in range(desk.held_count.shape[0]):
            idle = is_idle(desk, agent)
            desk.terms[IDLE_WITH_BACKLOG, agent] += idle
            idle_agents += idle
        desk.term_sums[IDLE_WITH_BACKLOG] += idle_agents * desk.measured


@kernel
def pay(rules: Record, desk: Record, rewards: Record) -> None:
    """Weigh this tick's terms into one reward an agent.

    Args:
        rules, desk: records.
        rewards: (agents,) float32, written.
    """
    agents = desk.held_count.shape[0]
    weights = rules.weights
    common = (
        desk.waiting_reward
        + weights[_ABANDONED_WEIGHT] * desk.desk_terms[ABANDONED]
        + weights[_DROPPED_WEIGHT] * desk.desk_terms[DROPPED]
        + weights[SLA_BREACH] * desk.desk_terms[UNHELD_BREACH]
        + weights[_IMPACT_WEIGHT] * desk.desk_terms[BUSINESS_IMPACT]
    ) / agents
    total = 0.0
    for agent in range(agents):
        rewards[agent] = 0.0
    for i in range(rules.num_paid):
        term = rules.paid_terms[i]
        for agent in range(agents):
            rewards[agent] += weights[term] * desk.terms[term, agent]
            total += weights[term] * desk.terms[term, agent]
    common += rules.sharing * total / agents
    for agent in range(agents):
        rewards[agent] = common + (1.0 - rules.sharing) * rewards[agent]
        if desk.measured:
            desk.reward[agent] += rewards[agent]
