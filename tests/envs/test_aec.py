"""The AEC face: the parallel desk, one agent at a time."""

import numpy as np
import pettingzoo
import pytest
from pettingzoo.utils.conversions import aec_to_parallel
from pettingzoo.utils.wrappers import OrderEnforcingWrapper

from marl_routing import ENV_ID, ticket_routing_v0
from marl_routing.envs.parallel import TicketRoutingEnv

SHORT = 20


def test_a_cycle_of_agents_is_one_parallel_step():
    aec = ticket_routing_v0.env("small_desk", max_cycles=SHORT)
    parallel = ticket_routing_v0.parallel_env("small_desk", max_cycles=SHORT)
    aec.reset(seed=4)
    observations, infos = parallel.reset(seed=4)
    rewards = dict.fromkeys(parallel.agents, 0)
    rng = np.random.default_rng(0)
    actions = {}
    for agent in aec.agent_iter():
        observation, reward, terminated, truncated, info = aec.last()
        np.testing.assert_array_equal(observation, observations[agent])
        np.testing.assert_array_equal(info["action_mask"], infos[agent]["action_mask"])
        assert reward == rewards[agent]
        assert not terminated
        assert truncated == (not parallel.agents)
        if truncated:
            aec.step(None)
            continue
        actions[agent] = int(rng.choice(np.flatnonzero(info["action_mask"])))
        aec.step(actions[agent])
        if agent == parallel.possible_agents[-1]:
            observations, rewards, *_, infos = parallel.step(actions)
    assert not parallel.agents
    assert aec.unwrapped.metrics()["illegal_actions"] == 0


def test_env_enforces_order_and_raw_env_is_bare():
    env = ticket_routing_v0.env("small_desk")
    assert isinstance(env, OrderEnforcingWrapper)
    assert isinstance(env.unwrapped, TicketRoutingEnv)
    assert not isinstance(ticket_routing_v0.raw_env("small_desk"), OrderEnforcingWrapper)
    assert aec_to_parallel(env) is env.unwrapped
    with pytest.raises(AttributeError, match="before reset"):
        _ = env.rewards


def test_pettingzoo_makes_both_kinds():
    parallel = pettingzoo.make("parallel", ENV_ID, scenario="small_desk", max_cycles=SHORT)
    aec = pettingzoo.make("aec", ENV_ID, scenario="small_desk", max_cycles=SHORT)
    assert isinstance(parallel, TicketRoutingEnv)
    assert isinstance(aec, OrderEnforcingWrapper)
    assert parallel.scenario == aec.unwrapped.scenario
    assert parallel.scenario.time.horizon_steps == SHORT
