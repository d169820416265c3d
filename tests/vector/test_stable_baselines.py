"""The Stable-Baselines3 VecEnv of all agents, its wrappers, and algorithms that train on it."""

import cloudpickle
import numpy as np
import pytest
from sb3_contrib import MaskablePPO
from sb3_contrib.common.maskable.utils import get_action_masks, is_masking_supported
from stable_baselines3 import PPO
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import VecCheckNan, VecFrameStack, VecMonitor, VecNormalize

from marl_routing.vector import SharedPolicyVecEnv
from tests.vector.by_hand import DesksByHand
from tests.vector.playing import DESKS, SHORT, choose

HORIZON, ROWS = SHORT.time.horizon_steps, 2 * DESKS
TINY = {"n_steps": 8, "batch_size": 16, "n_epochs": 1, "device": "cpu", "seed": 0}


def make(**settings):
    return SharedPolicyVecEnv(SHORT, DESKS, **settings)


def test_rows_are_agents_of_parallel_desks():
    env, hand, rng = make(), DesksByHand(SHORT, DESKS), np.random.default_rng(0)
    assert env.seed(3) == [3, 3, 4, 4, 5, 5]
    for seed in (3, None):
        np.testing.assert_array_equal(env.reset(), hand.reset(seed).observations)
    for step in range(1, 2 * HORIZON + 2):
        actions = choose(get_action_masks(env), rng)
        observations, rewards, dones, infos = env.step(actions)
        rows = hand.step(actions)
        np.testing.assert_array_equal(rewards, rows.rewards.astype(np.float32))
        np.testing.assert_array_equal(dones, rows.truncated)
        assert dones.all() == (step % HORIZON == 0)
        if dones.all():
            assert all(info["TimeLimit.truncated"] is True for info in infos)
            last = np.stack([info["terminal_observation"] for info in infos])
            np.testing.assert_array_equal(last, rows.observations)
            assert all(kpis["arrivals"] > 0 for kpis in env.desks.final_metrics)
            rows = hand.reset()
        else:
            assert not any(infos)
        np.testing.assert_array_equal(observations, rows.observations)
        np.testing.assert_array_equal(get_action_masks(env), rows.masks)


def test_what_is_returned_stays():
    env, rng, moments = make(num_threads=2), np.random.default_rng(0), []
    env.reset()
    for _ in range(2 * HORIZON + 1):
        observations, rewards, dones, infos = env.step(choose(get_action_masks(env), rng))
        last = [info.get("terminal_observation", rewards) for info in infos]
        returned = (observations, rewards, dones, *last)
        moments.append((returned, [array.copy() for array in returned]))
        assert env.observation_space.contains(observations[0])
    for returned, copies in moments:
        for array, copy in zip(returned, copies, strict=True):
            np.testing.assert_array_equal(array, copy)


def test_attributes_methods_and_seeds():
    env = make()
    assert is_masking_supported(env)
    assert env.get_attr("render_mode") == [None] * ROWS
    assert not env.has_attr("nothing_of_the_kind")
    env.set_attr("level", 2, indices=[0, 3])
    assert env.get_attr("level", [3, 0]) == [2, 2]
    with pytest.raises(AttributeError):
        env.get_attr("level", 1)
    assert env.env_is_wrapped(Monitor) == [False] * ROWS
    with pytest.raises(AttributeError, match="no 'dance'"):
        env.env_method("dance")
    env.reset()
    masks = env.env_method("action_masks", indices=[1, 5])
    np.testing.assert_array_equal(masks, env.action_masks()[[1, 5]])
    assert env.seed()[0] != env.seed()[0]
    env.seed(11)
    first, second = env.reset(), env.reset()
    env.seed(11)
    np.testing.assert_array_equal(env.reset(), first)
    assert not np.array_equal(first, second)
    again = cloudpickle.loads(cloudpickle.dumps(env))
    actions = np.zeros(ROWS, int)
    np.testing.assert_array_equal(again.step(actions)[0], env.step(actions)[0])


def test_wrappers():
    env, rng = VecMonitor(VecCheckNan(make(), raise_exception=True)), np.random.default_rng(0)
    env.seed(0)
    env.reset()
    total, seen = np.zeros(ROWS), 0
    for _ in range(HORIZON):
        _, rewards, dones, infos = env.step(choose(get_action_masks(env), rng))
        total += rewards
    assert dones.all()
    for row, info in enumerate(infos):
        assert info["episode"]["l"] == HORIZON
        assert info["episode"]["r"] == pytest.approx(total[row], rel=1e-4)
        seen += 1
    assert seen == ROWS


def test_normalized_and_stacked_observations():
    plain, env = make(), VecFrameStack(VecNormalize(make()), 2)
    width = plain.observation_space.shape[0]
    for one in (plain, env):
        one.seed(0)
        one.reset()
    normalized = env.venv
    for _ in range(HORIZON):
        expected, rewards, _, ends = plain.step(np.zeros(ROWS, int))
        observations, _, dones, infos = env.step(np.zeros(ROWS, int))
        np.testing.assert_array_equal(normalized.get_original_obs(), expected)
        np.testing.assert_array_equal(normalized.get_original_reward(), rewards)
    assert dones.all()
    assert observations.shape == (ROWS, 2 * width)
    last = normalized.normalize_obs(ends[0]["terminal_observation"])
    np.testing.assert_allclose(infos[0]["terminal_observation"][-width:], last, rtol=1e-5)


class Noting(SharedPolicyVecEnv):
    """Keeps what it paid: Stable-Baselines3 adds to the rewards that it is given."""

    def step_wait(self):
        moment = super().step_wait()
        self.paid = [*getattr(self, "paid", []), moment[1].copy()]
        return moment


def test_truncation_is_bootstrapped():
    """The value of the terminal observation joins the last reward in the rollout."""
    env = Noting(SHORT, DESKS)
    model = PPO("MlpPolicy", env, **TINY | {"n_steps": HORIZON, "batch_size": HORIZON})
    model.learn(HORIZON * ROWS)
    rewards, paid = model.rollout_buffer.rewards, np.stack(env.paid)
    np.testing.assert_array_equal(rewards[:-1], paid[:-1])
    assert (rewards[-1] != paid[-1]).all()


def test_maskable_ppo_and_evaluation():
    env = VecMonitor(make())
    model = MaskablePPO("MlpPolicy", env, **TINY).learn(2 * 8 * ROWS)
    assert model.num_timesteps == 2 * 8 * ROWS
    assert not env.unwrapped.desks.states["illegal_actions"].any()
    mean, _ = evaluate_policy(model, env, n_eval_episodes=ROWS, warn=False)
    assert np.isfinite(mean)


def test_bids_are_boxes():
    env = SharedPolicyVecEnv("auction_desk")
    model = PPO("MlpPolicy", env, **TINY).learn(8 * env.num_envs)
    assert model.action_space.shape == env.action_masks().shape[1:]
