"""BenchMARL's task has the specs of one desk. `tests.compat` trains with BenchMARL."""

import numpy as np
import pytest
import torch
from torchrl.envs import Compose, TransformedEnv

from marl_routing.evaluation.seeds import TRAINING
from marl_routing.training.adapters import TorchRLEnv
from tests.vector.playing import DESKS

SEED = 3


class TaskClass:
    """BenchMARL's base class: what it keeps."""

    def __init__(self, name, config):
        self.name, self.config = name, config


@pytest.fixture
def task(adapter):
    module = adapter("benchmarl", "benchmarl.environments.common", TaskClass)
    return module.BenchmarlTask("small_desk", reward_scale=0.5)


@pytest.fixture
def env(task):
    return task.get_env_fun(DESKS, continuous_actions=False, seed=SEED, device="cpu")()


def test_it_plays_training_episodes(env):
    same = TorchRLEnv("small_desk", DESKS, TRAINING + SEED)
    np.testing.assert_array_equal(env.reset()["state"], same.reset()["state"])


def test_specs_are_those_of_one_desk(task, env):
    moment = env.reset()
    agents, width = moment["agents", "observation"].shape[1:]
    actions = moment["agents", "action_mask"].shape[-1]
    assert task.group_map(env) == {"agents": [f"agent_{i}" for i in range(agents)]}
    assert task.max_steps(env) == 240
    shapes = {
        task.observation_spec: {("agents", "observation"): (agents, width)},
        task.action_mask_spec: {("agents", "action_mask"): (agents, actions)},
        task.action_spec: {("agents", "action"): (agents,)},
        task.state_spec: {"state": moment["state"].shape[1:]},
    }
    for spec, wanted in shapes.items():
        found = spec(env)
        assert {key: tuple(found[key].shape) for key in found.keys(True, True)} == wanted
    assert task.action_spec(env)["agents", "action"].space.n == actions


def test_rewards_are_scaled(task, env):
    scaled = TransformedEnv(env, Compose(*task.get_env_transforms(env)))
    scaled.reset()
    for _ in range(20):
        reward = scaled.rand_step()["next", "agents", "reward"]
    assert reward.abs().max() > 0
    assert torch.equal(reward[..., 0], 0.5 * torch.from_numpy(env.desks.rewards))
