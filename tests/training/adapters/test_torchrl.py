"""TorchRL's batch of desks shows what the parallel environment shows, and its own wrapper too."""

import numpy as np
import pytest
import torch
from torchrl.envs import PettingZooWrapper
from torchrl.envs.utils import check_env_specs

from marl_routing import ticket_routing_v0
from marl_routing.training.adapters import TorchRLEnv
from tests.vector.by_hand import DesksByHand
from tests.vector.playing import DESKS, SHORT, choose

HORIZON, SEED = SHORT.time.horizon_steps, 7


def assert_shown(moment, rows, env):
    """Observations, masks, whole desks and ends are those of rows by hand."""
    group = moment["agents"]
    np.testing.assert_array_equal(group["observation"].flatten(0, 1), rows.observations)
    np.testing.assert_array_equal(group["action_mask"].flatten(0, 1), rows.masks != 0)
    np.testing.assert_array_equal(moment["state"], env.desks.state())
    assert not moment["terminated"].any()
    assert not group["terminated"].any()


def test_a_batch_is_desks_by_hand():
    env, hand, rng = (
        TorchRLEnv(SHORT, DESKS, SEED),
        DesksByHand(SHORT, DESKS),
        np.random.default_rng(),
    )
    moment, rows = env.reset(), hand.reset(SEED)
    for step in range(1, HORIZON + 1):
        assert_shown(moment, rows, env)
        actions = choose(rows.masks, rng)
        moment["agents", "action"] = torch.from_numpy(actions.reshape(DESKS, -1))
        moment = env.step(moment)["next"]
        rows = hand.step(actions)
        rewards = moment["agents", "reward"].flatten()
        np.testing.assert_array_equal(rewards, rows.rewards.astype(np.float32))
        assert bool(moment["done"].all()) == bool(moment["agents", "truncated"].all())
        assert bool(moment["done"].any()) == (step == HORIZON)
    assert_shown(env.reset(), hand.reset(), env)


def test_some_desks_begin_anew():
    env = TorchRLEnv(SHORT, DESKS, SEED)
    env.reset()
    for _ in range(5):
        moment = env.rand_step()["next"]
    before = moment["agents", "observation"].clone()
    moment["_reset"] = torch.tensor([[True], [False], [True]])
    after = env.reset(moment)["agents", "observation"]
    np.testing.assert_array_equal((after == before).all(-1).all(-1), [False, True, False])
    assert env.desks.states["step"].tolist() == [0, 5, 0]


def test_a_seed_repeats():
    env = TorchRLEnv(SHORT, DESKS, SEED)
    first, second = (env.reset()["state"] for _ in range(2))
    env.set_seed(SEED)
    np.testing.assert_array_equal(env.reset()["state"], first)
    assert (second != first).any()


def test_its_specs_hold():
    check_env_specs(TorchRLEnv(SHORT, DESKS, SEED))


@pytest.mark.filterwarnings("ignore:PettingZoo in TorchRL is tested:UserWarning")
@pytest.mark.parametrize("form", ["info", "observation"])
def test_its_wrapper_of_the_parallel_environment_finds_the_masks(form):
    desk = ticket_routing_v0.parallel_env(SHORT, action_mask=form)
    env = PettingZooWrapper(desk, return_state=True)
    moment = env.reset(seed=SEED)
    masks = DesksByHand(SHORT, 1).reset(SEED).masks
    np.testing.assert_array_equal(moment["agent", "action_mask"], masks != 0)
    assert moment["state"].shape == desk.state_space.shape
