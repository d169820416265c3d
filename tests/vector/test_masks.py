"""100,000 legal actions at random on every face with discrete actions: none is illegal."""

import numpy as np
import pytest

from marl_routing import vector
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


def test_no_masked_action_of_the_vec_env_is_illegal():
    env, rng = vector.SharedPolicyVecEnv(SHORT, DESKS), np.random.default_rng(0)
    env.reset()
    for _ in range(2 * SHORT.time.horizon_steps):
        env.step(choose(env.action_masks(), rng))
        assert not any(kpis["illegal_actions"] for kpis in env.desks.final_metrics if kpis)
    assert 2 * SHORT.time.horizon_steps * env.num_envs >= ACTIONS
