"""What the agents of one desk do by a rule."""

import numpy as np

from marl_routing.core.compiler import kernel
from marl_routing.core.record import Record
from marl_routing.policies.kernels.auctioning import take_by_auction
from marl_routing.policies.kernels.draws import draw, draw_key
from marl_routing.policies.kernels.index import score_pairs
from marl_routing.policies.kernels.keys import may_take, rank_pairs
from marl_routing.policies.kernels.matching import (
    ask_for_the_best,
    take_agent_by_agent,
    take_anything,
    take_best_pair_first,
    take_largest_sum,
)
from marl_routing.policies.kernels.pushing import push_tickets
from marl_routing.policies.kernels.rule import (
    AGENT_BY_AGENT,
    ANYTHING,
    AUCTION,
    BEST_INDEX,
    BEST_PAIR_FIRST,
    BIDS,
    EACH_ITS_BEST,
    NOBODY,
    PUSHED,
    Rule,
)
from marl_routing.policies.kernels.sight import Sight

NOT_DRAWN = -1  # whose turn it is before anybody's was, when who was never given a ticket was


@kernel
def act(
    rule: Rule, sight: Sight, seed: np.uint64, calls: int, memory: Record, actions: Record
) -> None:
    """Write what one desk's agents send: (agents,) int32 actions, or (agents, slots) float32 bids.

    Only the branch for the kind of `actions` is compiled. Where agents bid, an accept is a bid of
    1 on that slot.
    """
    if actions.ndim == 1:
        choose(rule, sight, seed, calls, memory, actions)
    elif rule.plan[0].matcher == BIDS:
        _bid(rule, sight, actions)
    else:
        chosen = sight.scratch.chosen
        choose(rule, sight, seed, calls, memory, chosen)
        for agent in range(chosen.shape[0]):
            for slot in range(actions.shape[1]):
                actions[agent, slot] = 1.0 if chosen[agent] == slot + 1 else 0.0


@kernel
def _bid(rule: Rule, sight: Sight, bids: Record) -> None:
    for agent in range(bids.shape[0]):
        for slot in range(bids.shape[1]):
            ticket, bids[agent, slot] = sight.slots[slot], 0.0
            if may_take(rule, sight, agent, slot):
                bids[agent, slot] = rule.bids[agent, ticket.category, ticket.priority]


@kernel
def choose(
    rule: Rule, sight: Sight, seed: np.uint64, calls: int, memory: Record, actions: Record
) -> None:
    """Write one desk's actions.

    Args:
        rule, sight: the rule and what it sees.
        seed: of the desk.
        calls: how often the rule has chosen before.
        memory: (agents,) int64, kept from call to call: first the agent whose turn it is; where
            tickets are pushed, the call in which each agent was given its last one.
        actions: (agents,) int32.
    """
    matcher, key = rule.plan[0].matcher, draw_key(seed, calls)
    for agent in range(actions.shape[0]):
        actions[agent] = 0
    if matcher == NOBODY:
        return
    if matcher == ANYTHING:
        take_anything(sight, key, actions)
        return
    if matcher == PUSHED:
        push_tickets(rule, sight, key, calls, memory, actions)
        return
    if rule.plan[0].takes_turns:
        _find_turns(sight, seed, memory)
    if rank_pairs(rule, sight, key) == 0:
        return
    _match(rule, sight, actions)
    if rule.plan[0].takes_turns:
        _move_turn(sight, memory, actions)


@kernel
def _match(rule: Rule, sight: Sight, actions: Record) -> None:
    """Turn ranked pairs into actions."""
    matcher = rule.plan[0].matcher
    if matcher == BEST_PAIR_FIRST:
        take_best_pair_first(rule, sight, actions)
    elif matcher == AGENT_BY_AGENT:
        take_agent_by_agent(rule, sight, actions)
    elif matcher == EACH_ITS_BEST:
        ask_for_the_best(rule, sight, actions)
    elif matcher == BEST_INDEX:
        score_pairs(rule.scoring, sight)
        take_best_pair_first(rule, sight, actions)
    elif matcher == AUCTION:
        take_by_auction(rule, sight, actions)
    else:
        take_largest_sum(rule, sight, actions)


@kernel
def _find_turns(sight: Sight, seed: np.uint64, turn: Record) -> None:
    """How many turns each agent is behind the next; the first turn of all is drawn."""
    agents = sight.agents
    if turn[0] == NOT_DRAWN:
        key, most = draw_key(seed, 0), -1.0
        for agent in range(agents.shape[0]):
            tie = draw(key, agent)
            if tie > most:
                turn[0], most = agent, tie
    for agent in range(agents.shape[0]):
        agents[agent].turns = (agent - turn[0]) % agents.shape[0]


@kernel
def _move_turn(sight: Sight, turn: Record, actions: Record) -> None:
    """The turn goes behind the last agent served."""
    last = -1
    for agent in range(actions.shape[0]):
        if actions[agent] > 0:
            last = max(last, sight.agents[agent].turns)
    turn[0] = (turn[0] + last + 1) % actions.shape[0]
