"""Tianshou's rows are those of parallel environments, and its own collector takes them."""

import numpy as np
import pytest

from marl_routing.training.adapters import TianshouVectorEnv
from tests.vector.by_hand import DesksByHand
from tests.vector.playing import DESKS, SHORT, choose

HORIZON, ROWS, SEED = SHORT.time.horizon_steps, 2 * DESKS, 7


def test_rows_are_agents_of_parallel_desks():
    env, hand, rng = (
        TianshouVectorEnv(SHORT, DESKS),
        DesksByHand(SHORT, DESKS),
        np.random.default_rng(),
    )
    env.seed(SEED)
    (seen, infos), rows = env.reset(), hand.reset(SEED)
    for step in range(1, HORIZON + 1):
        np.testing.assert_array_equal(seen.obs, rows.observations)
        np.testing.assert_array_equal(seen.mask, rows.masks != 0)
        actions = choose(rows.masks, rng)
        seen, rewards, terminated, truncated, infos = env.step(actions, np.arange(ROWS))
        rows = hand.step(actions)
        np.testing.assert_array_equal(rewards, rows.rewards.astype(np.float32))
        assert not terminated.any()
        assert truncated.all() == truncated.any() == (step == HORIZON)
    assert not infos.any()
    seen, _ = env.reset(np.arange(ROWS))
    np.testing.assert_array_equal(seen.obs, hand.reset().observations)


def test_rows_act_together():
    env = TianshouVectorEnv(SHORT, DESKS)
    env.reset()
    with pytest.raises(ValueError, match=f"rows: expected all {ROWS}"):
        env.step(np.zeros(2), np.arange(2))
