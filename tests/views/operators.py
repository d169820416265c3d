"""Operators of the triage view, for the tests: what they may do, and whole episodes of it."""

import numpy as np

from marl_routing import list_scenarios, load_scenario
from marl_routing.views.triage import NOOP

DYNAMIC = [name for name in list_scenarios() if load_scenario(name).dynamic]
NOTHING = np.array([NOOP, 0, 0])
ASSIGN, ESCALATE, REQUEST_INFO, DEFER, SWARM = range(NOOP)
ADA, GRACE, LINUS = range(3)
# What Stable-Baselines3 says of every array of more than one dimension.
TWO_DIMENSIONS = ("Your observation engineers has an", "Your observation tickets has an")


def possible_action(env, rng, share_of_noop=0.2):
    """Any operation that is possible, or sometimes none."""
    choices = np.argwhere(env.operation_masks())
    if len(choices) == 0 or rng.random() < share_of_noop:
        return NOTHING
    return rng.choice(choices)


def moments(env, seed, steps=None, rng=None):
    """What reset and each step of an episode of random operations return."""
    rng = rng or np.random.default_rng(0)
    observation, info = env.reset(seed=seed)
    yield observation, 0.0, False, False, info
    truncated, done = False, 0
    while not truncated and done != steps:
        moment = env.step(possible_action(env, rng))
        truncated, done = moment[3], done + 1
        yield moment


def short(name):
    return load_scenario(name, time__horizon_steps=120, time__warm_up_steps=0)


def ticket_of_row(env, row):
    """Index in the record of the ticket that a row shows: held first, then the queue."""
    tickets = env.desk.open_tickets()
    return tickets[row] if row < len(tickets) else -1
