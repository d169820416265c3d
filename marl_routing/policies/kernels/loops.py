"""The compiled entry points of the policies: what they choose, and whole episodes."""

import numpy as np

from marl_routing.core.compiler import entry
from marl_routing.core.loops import restart
from marl_routing.core.masks import show
from marl_routing.core.parameters import Rules
from marl_routing.core.record import Record
from marl_routing.core.tick import tick
from marl_routing.policies.kernels.choosing import act
from marl_routing.policies.kernels.pushing import weigh
from marl_routing.policies.kernels.rule import PUSHED, Rule
from marl_routing.policies.kernels.sight import Scratch, Sight, look
from marl_routing.policies.kernels.talking import say, talk


@entry
def act_on_desks(
    rule: Rule,
    slots: Record,
    agents: Record,
    queued: Record,
    masks: Record,
    scratch: Scratch,
    seed: np.uint64,
    calls: int,
    memory: Record,
    actions: Record,
) -> None:
    """What a rule does on N desks.

    Args:
        rule: as data.
        slots, agents, queued, masks: the fields of `Sight`, each with an axis of desks in front.
        scratch: of one desk.
        seed: of the first desk.
        calls: how often the rule has chosen before.
        memory: (N, A) int64, kept from call to call.
        actions: (N, A) int32 or, where they are bids, (N, A, K) float32, written.
    """
    for env in range(actions.shape[0]):
        sight = Sight(slots[env], agents[env], queued[env], masks[env], scratch)
        own_seed = seed + np.uint64(env)
        act(rule, sight, own_seed, calls, memory[env], actions[env])


@entry
def say_on_desks(speaker: int, manners: Record, customers: Record, said: Record) -> None:
    """What a rule says to the customers of N desks' agents.

    Args:
        speaker: of `rule`.
        manners: (1,) of MANNERS.
        customers: (N, A) of CUSTOMER.
        said: (N, A) int64 strategies, written.
    """
    for env in range(said.shape[0]):
        for agent in range(said.shape[1]):
            said[env, agent] = say(speaker, manners[0], customers[env, agent])


@entry
def play_desks(
    rules: Rules,
    states: Record,
    blank: Record,
    rule: Rule,
    slots: Record,
    agents: Record,
    masks: Record,
    scratch: Scratch,
    seed: np.uint64,
    memory: Record,
    actions: Record,
    rewards: Record,
    begins: bool,
    steps: int,
) -> None:
    """Let a rule play desks, one after the other, without anything being observed.

    Args:
        rules: the scenario.
        states: (N,) records, changed in place.
        blank: (1,) a zero record.
        rule, scratch, seed, memory: as in `act_on_desks`.
        slots, agents, masks, rewards: of one desk, to be written.
        actions: (A,) int32 or, where agents bid, (A, K) float32, to be written.
        begins: begin the episode that each record names.
        steps: at most so many, and not beyond the horizon.
    """
    for env in range(states.shape[0]):
        if begins:
            restart(rules, states, blank, env)
        desk = states[env]
        sight = Sight(slots, agents, desk.queued, masks, scratch)
        own_seed, last = seed + np.uint64(env), desk.step + steps
        while desk.step < min(last, rules.desk[0].horizon_steps):
            show(rules.desk[0], desk, masks)
            look(rules.desk[0], desk, sight)
            if rule.plan[0].matcher == PUSHED:
                weigh(rule, desk, sight)
            act(rule, sight, own_seed, desk.step, memory[env], actions)
            talk(rules.desk[0], desk, rule, sight, actions)
            tick(rules, desk, actions, rewards)
