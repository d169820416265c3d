"""Matchers: turn preferences over pairs of agent and ticket into the actions of one desk.

What all keys leave equal is broken by a random number an agent, never by an index.
"""

import numpy as np

from marl_routing.core.compiler import kernel
from marl_routing.core.optimal import assign_optimally
from marl_routing.core.record import Record
from marl_routing.core.sorting import sorter
from marl_routing.policies.kernels.draws import draw
from marl_routing.policies.kernels.rule import Rule
from marl_routing.policies.kernels.sight import Sight

FORBIDDEN = -1e30  # worse than any pass
# Too small to change a choice between different values: they only order equal ones.
FIRST_NUDGE, TIE_NUDGE = 1e-6, 1e-9


@kernel
def take_anything(sight: Sight, key: np.uint64, actions: Record) -> None:
    """Let each agent draw from its legal actions, pass among them."""
    masks = sight.masks
    for agent in range(masks.shape[0]):
        count = 0
        for action in range(masks.shape[1]):
            count += masks[agent, action]
        left, action = int(draw(key, agent) * count), 0
        while left > 0 or not masks[agent, action]:
            left -= masks[agent, action]
            action += 1
        actions[agent] = action


@kernel
def take_best_pair_first(rule: Rule, sight: Sight, actions: Record) -> None:
    """Give the best pair of agent and ticket, then the best of those left, and so on."""
    pairs, num_keys = sight.scratch.pairs, rule.plan[0].num_keys
    while True:
        chosen, its_slot = -1, -1
        for agent in range(pairs.shape[0]):
            if sight.agents[agent].available and actions[agent] == 0:
                slot = _best_slot(pairs[agent], num_keys)
                if slot >= 0 and (
                    chosen < 0 or outranks(pairs[agent, slot], pairs[chosen, its_slot], num_keys)
                ):
                    chosen, its_slot = agent, slot
        if chosen < 0:
            break
        _give(pairs, chosen, its_slot, actions)


@kernel
def _by_tie(rule: Rule, sight: Sight, agent: int, other: int) -> bool:
    return bool(sight.agents[agent].tie < sight.agents[other].tie)


_sort_by_tie = sorter(_by_tie)


@kernel
def line_up(rule: Rule, sight: Sight) -> int:
    """Write the available agents in the order of their draws; how many there are."""
    order, count = sight.scratch.order, 0
    for agent in range(order.shape[0]):
        if sight.agents[agent].available:
            order[count] = agent
            count += 1
    _sort_by_tie(rule, sight, order, sight.scratch.merged, count)
    return count


@kernel
def take_agent_by_agent(rule: Rule, sight: Sight, actions: Record) -> None:
    """Let the agents choose one after another, in random order, each its best ticket left."""
    pairs = sight.scratch.pairs
    for place in range(line_up(rule, sight)):
        agent = sight.scratch.order[place]
        slot = _best_slot(pairs[agent], rule.plan[0].num_keys)
        if slot >= 0:
            _give(pairs, agent, slot, actions)


@kernel
def ask_for_the_best(rule: Rule, sight: Sight, actions: Record) -> None:
    """Let each agent ask for its best ticket, whoever else does: arbitration decides."""
    for agent in range(actions.shape[0]):
        if sight.agents[agent].available:
            actions[agent] = 1 + _best_slot(sight.scratch.pairs[agent], rule.plan[0].num_keys)


@kernel
def take_largest_sum(rule: Rule, sight: Sight, actions: Record) -> None:
    """Make the pairs of the largest sum of the first key; none that is worth less than a pass."""
    assignment, slots = sight.scratch.assignment, sight.slots
    write_worths(rule, sight)
    assign_optimally(assignment, -1, rule.plan[0].pass_value)
    for agent in range(actions.shape[0]):
        slot = assignment.slot_of[agent]
        actions[agent] = slot + 1 if slot < slots.shape[0] else 0


@kernel
def write_worths(rule: Rule, sight: Sight) -> None:
    """Write what each pair is worth by its first key, nudged by queue order and by draws."""
    pairs, slots, plan = sight.scratch.pairs, sight.slots, rule.plan[0]
    assignment = sight.scratch.assignment
    for slot in range(slots.shape[0]):
        place = 0  # in the queue; holes come first
        for other in range(slots.shape[0]):
            place += slots[other].turn < slots[slot].turn
        first = FIRST_NUDGE * (1 - place / slots.shape[0])
        for agent in range(pairs.shape[0]):
            assignment.worth[agent, slot] = FORBIDDEN
            if sight.agents[agent].available and pairs[agent, slot].legal:
                nudge = TIE_NUDGE * sight.agents[agent].tie + first
                worth = pairs[agent, slot].keys[0] + plan.largest_value * nudge
                assignment.worth[agent, slot] = worth


@kernel
def _best_slot(pairs: Record, num_keys: int) -> int:
    """The best legal slot of one agent's pairs, the first of equal ones; -1 if there is none."""
    best = -1
    for slot in range(pairs.shape[0]):
        if pairs[slot].legal and (best < 0 or outranks(pairs[slot], pairs[best], num_keys)):
            best = slot
    return best


@kernel
def outranks(pair: Record, other: Record, num_keys: int) -> bool:
    """Whether a pair is better by the first key that tells the two apart."""
    for i in range(num_keys):
        if pair.keys[i] != other.keys[i]:
            return bool(pair.keys[i] > other.keys[i])
    return False


@kernel
def _give(pairs: Record, agent: int, slot: int, actions: Record) -> None:
    """The ticket is the agent's: nobody else may take it."""
    actions[agent] = slot + 1
    for other in range(pairs.shape[0]):
        pairs[other, slot].legal = 0
