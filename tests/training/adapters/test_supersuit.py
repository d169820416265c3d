"""SuperSuit's chain has rows of parallel environments, each desk with tickets of its own."""

import numpy as np

from marl_routing.training.adapters import supersuit_vec_env
from tests.vector.by_hand import DesksByHand
from tests.vector.playing import DESKS, SHORT, choose

HORIZON, ROWS, SEED = SHORT.time.horizon_steps, 2 * DESKS, 7


def test_rows_are_agents_of_parallel_desks():
    env, hand, rng = (
        supersuit_vec_env(SHORT, DESKS),
        DesksByHand(SHORT, DESKS),
        np.random.default_rng(),
    )
    env.seed(SEED)
    seen, rows = env.reset(), hand.reset(SEED)
    for step in range(1, HORIZON + 1):
        np.testing.assert_array_equal(seen, rows.observations)
        actions = choose(rows.masks, rng)
        seen, rewards, dones, infos = env.step(actions)
        rows = hand.step(actions)
        np.testing.assert_array_equal(rewards, rows.rewards.astype(np.float32))
        assert dones.all() == dones.any() == (step == HORIZON)
    assert all(info["TimeLimit.truncated"] is True for info in infos)
    last = [info["terminal_observation"] for info in infos]
    np.testing.assert_array_equal(last, rows.observations)
    np.testing.assert_array_equal(seen, hand.reset().observations)


def test_attributes_are_those_of_all_rows():
    env = supersuit_vec_env(SHORT, DESKS)
    assert env.get_attr("render_mode") == [None] * ROWS
    assert env.get_attr("render_mode", 0) == [None]
    assert not env.has_attr("nothing_of_the_kind")
