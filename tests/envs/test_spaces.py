"""The state space is the blocks of the observation space, in the state's order."""

import numpy as np
import pytest

from marl_routing import list_scenarios
from marl_routing.envs.parallel import TicketRoutingEnv


@pytest.mark.parametrize("name", list_scenarios())
def test_state_bounds_follow_the_blocks(name):
    env = TicketRoutingEnv(name)
    sizes = env._batch.parameters.sizes
    box = env.observation_space("agent_0")
    own, shared = box.low[: sizes.own], box.low[sizes.own + sizes.private :]
    expected = np.concatenate([*[own] * sizes.agents, shared])
    np.testing.assert_array_equal(env.state_space.low, expected)
    observations, _ = env.reset(seed=0)
    for agent, observation in enumerate(observations.values()):
        block = env.state()[agent * sizes.own : (agent + 1) * sizes.own]
        np.testing.assert_array_equal(block, observation[: sizes.own])
    np.testing.assert_array_equal(
        env.state()[sizes.agents * sizes.own :], observation[-sizes.shared :]
    )
