"""RLlib's desk is the parallel environment under other names. `tests.compat` trains with RLlib."""

import numpy as np
import pytest

from marl_routing import ticket_routing_v0
from tests.vector.playing import SHORT

SEED = 7


class MultiAgentEnv:
    """RLlib's base class, of which nothing is needed."""


class EnvContext(dict):
    """RLlib's configuration, which knows the runner."""

    worker_index = 2


@pytest.fixture
def make_desk(adapter):
    return adapter("rllib", "ray.rllib.env.multi_agent_env", MultiAgentEnv).RllibDesk


def test_an_episode_is_that_of_the_parallel_environment(make_desk):
    env = ticket_routing_v0.parallel_env(SHORT)
    desk = make_desk({"scenario": SHORT, "reward_scale": 0.5})
    (seen, infos), (rows, masks) = desk.reset(seed=SEED), env.reset(seed=SEED)
    assert desk.possible_agents == env.possible_agents
    rng, over = np.random.default_rng(0), False
    while not over:
        for agent in env.possible_agents:
            assert desk.observation_spaces[agent].contains(seen[agent])
            np.testing.assert_array_equal(seen[agent]["observations"], rows[agent])
            np.testing.assert_array_equal(seen[agent]["action_mask"], masks[agent]["action_mask"])
        actions = {
            agent: desk.action_spaces[agent].sample(mask["action_mask"])
            for agent, mask in masks.items()
        }
        actions["agent_0"] = rng.integers(2)
        seen, rewards, terminated, truncated, infos = desk.step(actions)
        rows, paid, _, ended, masks = env.step(actions)
        over = not env.agents
        assert rewards == {agent: 0.5 * reward for agent, reward in paid.items()}
        assert infos == {}
        assert truncated == ended | {"__all__": over}
        assert terminated == dict.fromkeys(truncated, False)


def test_runners_have_seeds_of_their_own(make_desk):
    first, second = make_desk({"scenario": SHORT}), make_desk(EnvContext(scenario=SHORT))
    one, other = first.reset(seed=SEED)[0], second.reset(seed=SEED)[0]
    assert (one["agent_0"]["observations"] != other["agent_0"]["observations"]).any()
    again = first.reset(seed=SEED + 2 * 10_000)[0]
    np.testing.assert_array_equal(
        again["agent_0"]["observations"], other["agent_0"]["observations"]
    )


def test_desks_with_bids_are_refused(make_desk):
    with pytest.raises(ValueError, match="agents accept, auction_desk has bids"):
        make_desk({"scenario": "auction_desk"})
