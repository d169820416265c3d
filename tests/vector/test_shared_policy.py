"""The Gymnasium vector environment of all agents: each row is an agent of a parallel desk."""

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from gymnasium.wrappers.vector import DictInfoToList, RecordEpisodeStatistics

from marl_routing import RewardTerm
from marl_routing.vector import SharedPolicyVectorEnv
from tests.vector.by_hand import DesksByHand
from tests.vector.playing import DESKS, SHORT, choose

HORIZON = SHORT.time.horizon_steps


def make(mode=AutoresetMode.NEXT_STEP, **settings):
    return SharedPolicyVectorEnv(SHORT, DESKS, mode, **settings)


def assert_same(observations, infos, rows):
    np.testing.assert_array_equal(observations, rows.observations)
    np.testing.assert_array_equal(infos["action_mask"], rows.masks)
    assert infos["_action_mask"].all()


@pytest.mark.parametrize("mode", ["SameStep", "NextStep"])
def test_rows_are_agents_of_parallel_desks(mode):
    envs, hand, rng = make(mode), DesksByHand(SHORT, DESKS), np.random.default_rng(0)
    for seed in (3, 3, None):
        assert_same(*envs.reset(seed=seed), hand.reset(seed))
    over, period = False, HORIZON + (mode == "NextStep")  # a step more for the reset
    for step in range(1, 2 * HORIZON + 2):
        actions = choose(envs.desks.action_masks.reshape(envs.num_envs, -1), rng)
        observations, rewards, terminated, truncated, infos = envs.step(actions)
        if over and mode == "NextStep":
            rows = hand.reset()
            over = False
        else:
            rows = hand.step(actions)
            over = rows.truncated.all()
        np.testing.assert_array_equal(rewards, rows.rewards.astype(np.float32))
        np.testing.assert_array_equal(truncated, rows.truncated)
        assert not terminated.any()
        assert over == (step % period == HORIZON % period)
        if over and mode == "SameStep":
            np.testing.assert_array_equal(np.stack(infos["final_obs"]), rows.observations)
            np.testing.assert_array_equal(infos["final_info"]["action_mask"], rows.masks)
            assert infos["_final_obs"].all()
            assert infos["_final_info"].all()
            rows = hand.reset()
        else:
            assert "final_obs" not in infos
        assert_same(observations, infos, rows)


def test_desks_out_of_step_end_each_on_its_own(monkeypatch):
    """Two desks at other clocks, as a restored snapshot leaves them."""
    monkeypatch.setattr(np, "empty_like", lambda array: np.full_like(array, np.nan))
    envs, early = make("SameStep"), make("SameStep")
    for one, steps in ((envs, HORIZON - 1), (early, 5)):
        one.reset(seed=0)
        for _ in range(steps):
            one.step(np.zeros(one.num_envs, int))
    mixed = envs.desks.snapshot()
    mixed[1:] = early.desks.snapshot()[1:]
    envs.desks.restore(mixed)
    before = envs.step(np.zeros(envs.num_envs, int))[0].copy()  # the next line writes over it
    envs.desks.restore(mixed)
    observations, _, _, truncated, infos = envs.step(np.zeros(envs.num_envs, int))
    assert truncated.tolist() == [True] * 2 + [False] * 4 == infos["_final_obs"].tolist()
    assert [last is None for last in infos["final_obs"]] == (~truncated).tolist()
    assert envs.desks.states["step"].tolist() == [0, 6, 6]
    np.testing.assert_array_equal(observations[2:], before[2:])
    envs.step(np.zeros(envs.num_envs, int))
    np.testing.assert_array_equal(observations[2:], before[2:])  # the caller's own


def test_spaces_and_statistics():
    envs = RecordEpisodeStatistics(make())
    rows, fields = envs.observation_space.shape
    assert rows == envs.num_envs == 2 * DESKS
    assert envs.single_observation_space.shape == (fields,)
    assert envs.observation_space.dtype == np.float32
    observations, infos = envs.reset(seed=0)
    total = np.zeros(rows)
    while not envs.episode_count:
        assert envs.observation_space.contains(observations)
        observations, rewards, *_, infos = envs.step(np.zeros(rows, int))
        total += rewards
    np.testing.assert_allclose(infos["episode"]["r"], total, rtol=1e-5)
    assert (infos["episode"]["l"] == HORIZON).all()


def test_infos_as_lists():
    envs = DictInfoToList(make())
    _, infos = envs.reset(seed=0)
    assert [sorted(info) for info in infos] == [["action_mask"]] * envs.num_envs


def test_bids():
    envs, hand = SharedPolicyVectorEnv("auction_desk", 2), DesksByHand("auction_desk", 2)
    observations, infos = envs.reset(seed=0)
    rows, rng = hand.reset(0), np.random.default_rng(0)
    assert envs.single_action_space.shape == infos["bid_mask"].shape[1:]
    for _ in range(20):
        np.testing.assert_array_equal(observations, rows.observations)
        np.testing.assert_array_equal(infos["bid_mask"], rows.masks)
        bids = (rng.random(rows.masks.shape) * rows.masks).astype(np.float32)
        observations, rewards, *_, infos = envs.step(bids)
        rows = hand.step(bids)
        np.testing.assert_array_equal(rewards, rows.rewards.astype(np.float32))
    assert envs.desks.states["accepts"].all()


def test_threads_and_own_terms_change_nothing_else():
    term = RewardTerm("clock", 1.0, lambda batch: np.ones(batch.rewards.shape))
    envs, other = make("SameStep"), make("SameStep", num_threads=2, reward_terms=[term])
    envs.reset(seed=0)
    other.reset(seed=0)
    rng = np.random.default_rng(0)
    for _ in range(HORIZON + 1):
        actions = choose(envs.desks.action_masks.reshape(envs.num_envs, -1), rng)
        observations, rewards, *_ = envs.step(actions)
        others, paid, *_ = other.step(actions)
        np.testing.assert_array_equal(observations, others)
        np.testing.assert_allclose(paid, rewards + 1.0, rtol=1e-5)


def test_only_whole_desks_are_reset():
    envs = make()
    envs.reset(seed=0)
    envs.step(np.zeros(6, int))
    before = envs.desks.states["episode"].tolist()
    envs.reset(options={"reset_mask": np.array([True, True, False, False, True, True])})
    assert envs.desks.states["step"].tolist() == [0, 1, 0]
    assert before == [0, 0, 0]
    for strange in (np.array([True] + [False] * 5), np.ones(3, bool), np.ones(6), [1, 0]):
        with pytest.raises(ValueError, match="reset_mask: expected bool of shape"):
            envs.reset(options={"reset_mask": strange})


@pytest.mark.parametrize("rows", [0, 5, 7])
def test_actions_of_another_number_of_rows_are_refused(rows):
    envs = make()
    envs.reset(seed=0)
    with pytest.raises(ValueError, match=r"actions: expected 6 rows, got an array of shape"):
        envs.step(np.zeros(rows, int))
