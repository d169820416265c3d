"""SuperSuit's vector environments over the parallel face."""

from itertools import pairwise

import numpy as np
import pytest
import supersuit

from marl_routing import list_scenarios, ticket_routing_v0
from tests.conformance.filled import load_filled

CYCLES, COPIES = 4, 2


@pytest.mark.parametrize("scenario", list_scenarios())
@pytest.mark.parametrize("base_class", ["gymnasium", "stable_baselines3"])
def test_vector_env_runs_past_the_end(scenario, base_class):
    env = ticket_routing_v0.parallel_env(load_filled(scenario), max_cycles=CYCLES)
    agents, fields = len(env.possible_agents), len(env.observation_fields())
    space = env.action_space("agent_0")
    space.seed(0)
    rows = supersuit.pettingzoo_env_to_vec_env_v1(env)
    desks = supersuit.concat_vec_envs_v1(rows, COPIES, base_class=base_class)
    desks.reset()
    ends = 0
    for _ in range(2 * CYCLES):
        actions = np.array([space.sample() for _ in range(COPIES * agents)])
        observations, rewards, *_, infos = desks.step(actions)
        assert observations.shape == (COPIES * agents, fields)
        assert rewards.shape == (COPIES * agents,)
        ended = [info["terminal_observation"] for info in infos if "terminal_observation" in info]
        ends += len(ended)
        for one, other in pairwise(ended):
            assert not np.array_equal(one, other)  # each agent keeps its own
    assert ends == 2 * COPIES * agents
