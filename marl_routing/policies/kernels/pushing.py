"""Tickets pushed to agents on arrival: each goes to one of all who have room, and waits there."""

import numpy as np

from marl_routing.core.compiler import kernel
from marl_routing.core.record import Record
from marl_routing.policies.kernels.draws import draw
from marl_routing.policies.kernels.keys import may_take, order_tickets, rank, weight_of
from marl_routing.policies.kernels.matching import outranks
from marl_routing.policies.kernels.rule import Rule
from marl_routing.policies.kernels.sight import Sight


@kernel
def weigh(rule: Rule, desk: Record, sight: Sight) -> None:
    """Write what the tickets in each agent's hands weigh; `look` comes first."""
    for agent in range(desk.held_count.shape[0]):
        load = 0.0
        for place in range(desk.held_count[agent]):
            ticket = desk.tickets[desk.held[agent, place]]
            load += rule.weights[agent, ticket.category, ticket.priority]
        sight.agents[agent].load = load


@kernel
def push_tickets(
    rule: Rule, sight: Sight, key: np.uint64, calls: int, memory: Record, actions: Record
) -> None:
    """Give the visible tickets, in queue order, each to the best agent with room.

    An agent accepts one ticket a tick. What else is meant for it counts as its own from then on,
    and is pushed, by what there is then, in a later tick.
    """
    order_tickets(sight)
    for agent in range(actions.shape[0]):
        hand = sight.agents[agent]
        hand.available, hand.given = hand.held < hand.capacity, memory[agent]
    slot = _next_slot(sight, -1)
    while slot >= 0:
        agent = _agent_for(rule, sight, key, slot)
        if agent >= 0:
            hand = sight.agents[agent]
            if actions[agent] == 0:
                actions[agent] = slot + 1
            hand.held += 1
            hand.available = hand.held < hand.capacity
            hand.load += weight_of(rule, sight, agent, slot)
            hand.given = calls
        slot = _next_slot(sight, sight.slots[slot].turn)
    for agent in range(actions.shape[0]):
        if actions[agent] > 0:
            memory[agent] = calls


@kernel
def _next_slot(sight: Sight, turn: int) -> int:
    """The slot whose turn comes after another turn; -1 if there is none. Holes have turn -1."""
    found, slots = -1, sight.slots
    for slot in range(slots.shape[0]):
        if slots[slot].turn > turn and (found < 0 or slots[slot].turn < slots[found].turn):
            found = slot
    return found


@kernel
def _agent_for(rule: Rule, sight: Sight, key: np.uint64, slot: int) -> int:
    """The agent that ranks best for a ticket, of all or of two drawn; -1 if nobody may take it."""
    pairs, chosen = sight.scratch.pairs, -1
    for agent in range(pairs.shape[0]):
        pairs[agent, slot].legal = may_take(rule, sight, agent, slot) and _fits(
            rule, sight, agent, slot
        )
        if pairs[agent, slot].legal:
            sight.agents[agent].tie = draw(key, agent + pairs.shape[0] * slot)
            rank(rule, sight, agent, slot)
    if rule.plan[0].draws_two:
        _leave_two(sight, slot)
    for agent in range(pairs.shape[0]):
        if pairs[agent, slot].legal and (
            chosen < 0 or outranks(pairs[agent, slot], pairs[chosen, slot], rule.plan[0].num_keys)
        ):
            chosen = agent
    return chosen


@kernel
def _fits(rule: Rule, sight: Sight, agent: int, slot: int) -> bool:
    """Whether the agent's tickets weigh no more than its capacity; a single one always fits."""
    hand = sight.agents[agent]
    if not rule.plan[0].has_limit or hand.held == 0:
        return True
    return bool(hand.load + weight_of(rule, sight, agent, slot) <= hand.capacity)


@kernel
def _leave_two(sight: Sight, slot: int) -> None:
    """Of the agents that may take a ticket leave two at random."""
    pairs, agents, first, second = sight.scratch.pairs, sight.agents, -1, -1
    for agent in range(pairs.shape[0]):
        if not pairs[agent, slot].legal:
            continue
        if first < 0 or agents[agent].tie > agents[first].tie:
            first, second = agent, first
        elif second < 0 or agents[agent].tie > agents[second].tie:
            second = agent
    for agent in range(pairs.shape[0]):
        if agent != first and agent != second:
            pairs[agent, slot].legal = 0
