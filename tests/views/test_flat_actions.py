"""The triage operator's actions as one number."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from stable_baselines3.common.env_checker import check_env as check_env_for_sb3

from marl_routing import TRIAGE_ID, flat_actions
from marl_routing.testing.episode import alike
from marl_routing.views.triage import NOOP, TicketTriage
from tests.conformance.allowed import only_warnings
from tests.views.operators import TWO_DIMENSIONS


def numbered():
    return flat_actions(TicketTriage())


def test_flat_actions_conform():
    of_wrappers = ("\x1b[33mWARN: The environment (<FlatActions",)
    with only_warnings(*TWO_DIMENSIONS, *of_wrappers):
        env = flat_actions(TicketTriage())
        check_env(env, skip_render_check=True)
        check_env_for_sb3(env)


def test_flat_actions_number_every_operation_once():
    flat = flat_actions(gymnasium.make(TRIAGE_ID))
    assert flat.action_space.n == 1 + 5 * 10 * 3
    actions = [tuple(flat.action(number).tolist()) for number in range(flat.action_space.n)]
    assert len(set(actions)) == len(actions)
    assert actions[0] == (NOOP, 0, 0)
    assert set(actions[1:]) == {(v, t, a) for v in range(5) for t in range(10) for a in range(3)}


@pytest.mark.parametrize(
    "other", [lambda: gymnasium.make("CartPole-v1"), numbered], ids=["another", "numbered"]
)
def test_what_is_no_triage_view_is_refused(other):
    with pytest.raises(ValueError, match="expected a TicketTriage with its own actions, not <"):
        flat_actions(other())


def test_flat_actions_are_the_same_desk():
    env, flat = TicketTriage(), flat_actions(TicketTriage())
    observation, info = env.reset(seed=8)
    other, flat_info = flat.reset(seed=8)
    rng = np.random.default_rng(0)
    truncated = False
    while not truncated:
        assert alike(observation, other)
        assert info["reward_terms"] == flat_info["reward_terms"]
        mask = flat_info["action_mask"]
        np.testing.assert_array_equal(mask, flat.action_masks())
        assert mask.dtype == np.int8
        assert mask[0] == 1
        number = int(rng.choice(np.flatnonzero(mask)))
        observation, _, _, truncated, info = env.step(flat.action(number))
        other, _, _, ended, flat_info = flat.step(number)
        assert ended == truncated
    assert flat_info["illegal_actions"] == 0


@pytest.mark.parametrize("number", [-1, 151, 10**12, 0.5, None, "1"], ids=str)
def test_what_is_no_flat_action_passes_and_counts(number):
    flat = flat_actions(TicketTriage())
    flat.reset(seed=0)
    *_, info = flat.step(number)
    assert info["illegal_actions"] == 1
