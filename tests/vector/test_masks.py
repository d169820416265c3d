"""100,000 legal actions at random on every batched face with discrete actions: none is illegal."""

import numpy as np
import pytest

from marl_routing import flat_actions, vector
from marl_routing.views.triage import TicketTriage
from tests.vector.playing import SHORT, choose, operations
from tests.vector.test_views import BUGS

ACTIONS, FEW = 100_000, 5_000
DESKS = 256


def play(envs, masks_of, act, actions=ACTIONS):
    """Illegal ones of so many actions; where an episode ends the next step begins another."""
    rng, counted = np.random.default_rng(0), 0
    envs.reset(seed=0)
    desks = envs.desks.states
    for _ in range(-(-actions // envs.num_envs)):
        before, episodes = desks["illegal_actions"].copy(), desks["episode"].copy()
        envs.step(act(masks_of(envs), rng))
        went_on = desks["episode"] == episodes
        counted += int((desks["illegal_actions"] - before)[went_on].sum())
    assert (desks["episode"] > 0).any() or actions < ACTIONS
    return counted


def rows(envs):
    return envs.desks.action_masks.reshape(envs.num_envs, -1)


def told(envs):
    return envs._tell()["action_mask"]


FACES = {
    "shared policy": (lambda: vector.SharedPolicyVectorEnv(SHORT, DESKS), rows),
    "dispatcher": (
        lambda: vector.DispatcherVectorEnv(DESKS, SHORT, allow_hold=True),
        told,
    ),
    "conversation": (lambda: vector.ConversationVectorEnv(DESKS, colleague=False), told),
}


@pytest.mark.parametrize("name", FACES)
def test_no_masked_action_is_illegal(name):
    make, masks_of = FACES[name]
    assert play(make(), masks_of, choose) == 0
    assert play(make(), lambda envs: np.ones_like(masks_of(envs)), choose, FEW) > 0


def test_no_possible_operation_is_illegal():
    envs = vector.TriageVectorEnv(DESKS, BUGS)
    assert play(envs, lambda envs: envs.operation_masks(), operations) == 0
    assert play(envs, lambda envs: np.ones_like(envs.operation_masks()), operations, FEW) > 0


def play_vec_env(masks_of, episodes):
    """Illegal actions of each episode; every desk plays so many."""
    env, rng, counted = vector.SharedPolicyVecEnv(SHORT, DESKS), np.random.default_rng(0), []
    env.seed(0)
    env.reset()
    for _ in range(episodes * SHORT.time.horizon_steps):
        if env.step(choose(masks_of(env), rng))[2].all():
            counted += [kpis["illegal_actions"] for kpis in env.desks.final_metrics]
    assert len(counted) == episodes * DESKS
    return counted


def test_no_masked_action_of_the_vec_env_is_illegal():
    assert 2 * SHORT.time.horizon_steps * 2 * DESKS >= ACTIONS  # of two agents a desk
    assert not any(play_vec_env(lambda env: env.action_masks(), 2))
    assert all(play_vec_env(lambda env: np.ones_like(env.action_masks()), 1))


def play_numbered(masks_of, actions):
    """Illegal ones of so many actions of a single triage view whose actions are numbers."""
    env, rng, counted = flat_actions(TicketTriage(BUGS)), np.random.default_rng(0), [0]
    env.reset(seed=0)
    for _ in range(actions):
        *_, truncated, info = env.step(choose(masks_of(env), rng))
        counted[-1] = info["illegal_actions"]
        if truncated:
            env.reset()
            counted.append(0)
    assert len(counted) > 1
    return sum(counted)


def test_no_numbered_operation_is_illegal():
    """Of one view at a time, hence few: 5,000 actions; each face above plays 100,000 or more."""
    assert play_numbered(lambda env: env.action_masks(), FEW) == 0
    assert play_numbered(lambda env: np.ones_like(env.action_masks()), FEW // 10) > 0
