"""How rules rank pairs of agent and ticket: by keys, the most important first, larger is better."""

import numpy as np

from marl_routing.core.compiler import kernel
from marl_routing.core.record import Record
from marl_routing.policies.kernels.draws import draw
from marl_routing.policies.kernels.rule import Rule
from marl_routing.policies.kernels.sight import Sight

# What a pair can be ranked by.
QUEUE = 0  # the ticket that stands first in the queue
ARRIVAL = 1  # the ticket that arrived first
PRIORITY = 2  # the most urgent ticket
DEADLINE = 3  # the ticket that is due first; tickets without a target come last
VALUE = 4  # the largest entry of the rule's `values`, by agent and category
IDLE = 5  # the agent that became idle first; agents that work come last
LOAD = 6  # the agent that holds the smallest share of its capacity
TURN = 7  # the agent whose turn comes first
TIE = 8  # the agent of the larger draw
WAITING = 9  # the ticket of the category with most left when its turn comes
WAITING_VALUE = 10  # the largest VALUE times WAITING
AGE_VALUE = 11  # the largest VALUE times the ticket's age
QUEUE_VALUE = 12  # the largest VALUE times the category's share of all tickets waiting
EXCESS = 13  # the largest WAITING beyond the share, VALUE, of all tickets waiting
WEIGHT = 14  # the largest entry of the rule's `weights`, by agent, category and priority
# Only where tickets are pushed:
LIGHTEST = 15  # the agent whose tickets weigh least
SOONEST = 16  # the agent whose tickets weigh least, this one included
SPARE = 17  # the agent whose tickets leave most of its capacity
GIVEN = 18  # the agent that was given its last ticket longest ago

PARTS = 1e6  # of the largest value: products of values that differ by less rank equal


@kernel
def rank_pairs(rule: Rule, sight: Sight, key: np.uint64) -> int:
    """Write the rows of sight.scratch.pairs of the agents that are available.

    Returns:
        How many pairs are legal.
    """
    order_tickets(sight)
    pairs, count = sight.scratch.pairs, 0
    for agent in range(pairs.shape[0]):
        if not sight.agents[agent].available:
            continue
        sight.agents[agent].tie = draw(key, agent)
        for slot in range(pairs.shape[1]):
            pair = pairs[agent, slot]
            pair.legal = may_take(rule, sight, agent, slot)
            if pair.legal:
                count += 1
                rank(rule, sight, agent, slot)
    return count


@kernel
def rank(rule: Rule, sight: Sight, agent: int, slot: int) -> None:
    """Write a pair's keys."""
    plan, pair = rule.plan[0], sight.scratch.pairs[agent, slot]
    for i in range(plan.num_keys):
        pair.keys[i] = _key_of(rule, sight, plan.keys[i], agent, slot)


@kernel
def may_take(rule: Rule, sight: Sight, agent: int, slot: int) -> bool:
    """Whether the agent may accept the ticket, would work on it at once, and the rule lets it."""
    if not (sight.agents[agent].available and sight.masks[agent, 1 + slot]):
        return False
    ticket = sight.slots[slot]
    crowded = ticket.waiting > rule.plan[0].help_beyond
    helped = crowded or ticket.age >= rule.plan[0].help_after
    return bool(helped or rule.allowed[agent, ticket.category])


@kernel
def weight_of(rule: Rule, sight: Sight, agent: int, slot: int) -> float:
    """What a visible ticket weighs with an agent."""
    ticket = sight.slots[slot]
    return float(rule.weights[agent, ticket.category, ticket.priority])


@kernel
def _key_of(rule: Rule, sight: Sight, kind: int, agent: int, slot: int) -> float:
    ticket, hand = sight.slots[slot], sight.agents[agent]
    if kind == QUEUE:
        return float(-ticket.turn)
    if kind == ARRIVAL:
        return float(-ticket.number)
    if kind == PRIORITY:
        return float(-ticket.priority)
    if kind == DEADLINE:
        return float(-ticket.due)
    if kind == VALUE:
        return float(rule.values[agent, ticket.category])
    if kind == IDLE:
        return float(-hand.idle_since) if hand.idle else -np.inf
    if kind == LOAD:
        return float(-(hand.held / hand.capacity))
    if kind == TURN:
        return float(-hand.turns)
    if kind == TIE:
        return float(hand.tie)
    if kind >= WEIGHT:
        return _weighing(rule, sight, kind, agent, slot)
    return _pressing(rule, sight, kind, agent, slot)


@kernel
def _pressing(rule: Rule, sight: Sight, kind: int, agent: int, slot: int) -> float:
    """The keys of queues, WAITING to EXCESS; rounded, so that equal products rank equal."""
    ticket = sight.slots[slot]
    if kind == WAITING:
        return float(ticket.waiting)
    value, largest = rule.values[agent, ticket.category], rule.plan[0].largest_value
    if kind == WAITING_VALUE:
        return float(np.rint(PARTS * value * ticket.waiting / largest))
    if kind == AGE_VALUE:
        return float(np.rint(PARTS * value * ticket.age / largest))
    everything = 0
    for category in range(sight.queued.shape[0]):
        everything += sight.queued[category]
    if kind == QUEUE_VALUE:
        return float(value * sight.queued[ticket.category] / everything)
    return float(np.rint(PARTS * (ticket.waiting - value * everything)))


@kernel
def _weighing(rule: Rule, sight: Sight, kind: int, agent: int, slot: int) -> float:
    """The keys of weights: WEIGHT to GIVEN."""
    hand, weight = sight.agents[agent], weight_of(rule, sight, agent, slot)
    if kind == WEIGHT:
        return weight
    if kind == LIGHTEST:
        return float(-hand.load)
    if kind == SOONEST:
        return float(-(hand.load + weight))
    if kind == SPARE:
        return float(hand.capacity - hand.load)
    return float(-hand.given)


@kernel
def order_tickets(sight: Sight) -> None:
    """Write every slot's `turn` and `waiting`.

    The queue's own order (by arrival, priority or deadline) counts within a category; between
    categories, which are lists of their own, the first to arrive comes first: so the tickets of a
    category share out their numbers in slot order. A category's tickets are taken in queue order:
    those before a ticket are gone when its turn comes, and helpers count what their colleagues take
    in the same tick.
    """
    slots = sight.slots
    for slot in range(slots.shape[0]):
        category = slots[slot].category
        slots[slot].turn = slots[slot].number
        slots[slot].waiting = 0
        if category < 0:
            continue
        before = _before(slots, slot)
        slots[slot].waiting = sight.queued[category]
        if before >= 0:
            slots[slot].waiting = slots[before].waiting - 1
        place = slot
        while before >= 0 and slots[before].turn > slots[place].turn:
            slots[before].turn, slots[place].turn = slots[place].turn, slots[before].turn
            place, before = before, _before(slots, before)


@kernel
def _before(slots: Record, slot: int) -> int:
    """The slot before of the same category, or -1."""
    before = slot - 1
    while before >= 0 and slots[before].category != slots[slot].category:
        before -= 1
    return before
