"""The checkers of Gymnasium and Stable-Baselines3, on the dispatcher of every shipped scenario."""

import gymnasium
import pytest
from gymnasium.utils.env_checker import check_env
from stable_baselines3.common.env_checker import check_env as check_env_for_sb3

from marl_routing import ENV_ID, list_scenarios
from tests.conformance.allowed import only_warnings


@pytest.mark.parametrize("scenario", list_scenarios())
@pytest.mark.parametrize("allow_hold", [False, True])
def test_flat_dispatcher(scenario, allow_hold):
    with only_warnings():
        env = gymnasium.make(ENV_ID, scenario=scenario, allow_hold=allow_hold)
        check_env(env.unwrapped)
        check_env_for_sb3(env.unwrapped)


@pytest.mark.parametrize("scenario", list_scenarios())
def test_nested_dispatcher(scenario):
    with only_warnings():
        check_env(gymnasium.make(ENV_ID, scenario=scenario, nested=True).unwrapped)


def test_dispatcher_paid_by_its_scenario():
    with only_warnings():
        env = gymnasium.make(ENV_ID, reward="scenario", render_mode="ansi")
        check_env(env.unwrapped)
        check_env_for_sb3(env.unwrapped, skip_render_check=False)
