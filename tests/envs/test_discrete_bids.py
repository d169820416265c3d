"""Bids in levels are the bids they stand for."""

import pickle

import cloudpickle
import numpy as np
import pytest
from gymnasium import spaces

import marl_routing
from marl_routing import discrete_bids
from marl_routing.envs.parallel import TicketRoutingEnv

SHORT, LEVELS = 40, 5


def desk(**settings):
    return TicketRoutingEnv("auction_desk", **{"max_cycles": SHORT} | settings)


def make(levels=LEVELS, **settings):
    return discrete_bids(desk(**settings), levels)


def seeded(env):
    for i, agent in enumerate(env.possible_agents):
        env.action_space(agent).seed(i)
    return env


def sample(env, infos):
    return {
        agent: env.action_space(agent).sample(info.get("action_mask"))
        for agent, info in infos.items()
    }


def test_level_l_is_the_bid_l_over_the_last():
    env, plain = seeded(make()), desk()
    observations, infos = env.reset(seed=1)
    plain.reset(seed=1)
    while env.agents:
        levels = sample(env, infos)
        observations, rewards, *flags, infos = env.step(levels)
        bids = {agent: own / (LEVELS - 1) for agent, own in levels.items()}
        others, other_rewards, *other_flags, _ = plain.step(bids)
        assert rewards == other_rewards
        assert flags == other_flags
        for agent, observation in observations.items():
            np.testing.assert_array_equal(observation, others[agent])
    assert env.metrics()["resolved"] == plain.metrics()["resolved"] > 0
    assert env.metrics()["term_payment"] > 0
    assert env.step({}) == ({}, {}, {}, {}, {})


def test_masks_leave_no_bid_always_and_all_levels_where_one_may_bid():
    env, plain = seeded(make()), desk()
    (_, infos), (_, boxes) = env.reset(seed=1), plain.reset(seed=1)
    seen = set()
    while env.agents:
        for agent, info in infos.items():
            assert list(info) == ["action_mask"]
            assert isinstance(info["action_mask"], tuple)
            for mask, biddable in zip(info["action_mask"], boxes[agent]["bid_mask"], strict=True):
                assert mask.dtype == np.int8
                assert mask.tolist() == [1] + [biddable] * (LEVELS - 1)
                seen.add(int(biddable))
        levels = sample(env, infos)
        *_, infos = env.step(levels)
        *_, boxes = plain.step({agent: own / (LEVELS - 1) for agent, own in levels.items()})
    assert seen == {0, 1}


def test_spaces_are_equal_and_the_same_at_each_call():
    env = make(levels=3)
    for agent in env.possible_agents:
        assert env.action_space(agent) == spaces.MultiDiscrete([3] * 10)
        assert env.action_space(agent) is env.action_space(agent)
        assert env.observation_space(agent) is env.env.observation_space(agent)


def test_without_masks_infos_stay_empty():
    env = make(action_mask="none")
    _, infos = env.reset(seed=0)
    assert infos == env.step({})[-1] == {agent: {} for agent in env.possible_agents}


@pytest.mark.parametrize(
    "action",
    [0, None, "1", np.ones(10), np.ones(9, int), [[1], []], np.full(10, LEVELS), -np.ones(10, int)],
    ids=str,
)
def test_what_is_no_levels_is_no_bid(action):
    env = make()
    env.reset(seed=0)
    env.step(dict.fromkeys(env.agents, action))
    assert env.view().held.sum() == 0
    env.step({"agent_2": [1] * 10})
    assert env.view().held[0].tolist() == [0, 0, 1] + [0] * 7


def test_actions_that_are_no_dict_are_refused():
    env = make()
    env.reset(seed=0)
    with pytest.raises(TypeError, match="actions must map agent names to actions"):
        env.step([0] * 10)


@pytest.mark.parametrize("library", [pickle, cloudpickle])
def test_a_pickled_env_goes_on_as_the_first(library):
    env = seeded(make())
    _, infos = env.reset(seed=0)
    twin = library.loads(library.dumps(env))
    while env.agents:
        levels = sample(env, infos)
        *moment, infos = env.step(levels)
        *other, _ = twin.step(levels)
        assert moment[1:] == other[1:]
        np.testing.assert_array_equal(env.state(), twin.state())


@pytest.mark.parametrize("levels", [1, 0, -2, 2.0, "11", None])
def test_too_few_levels_are_refused(levels):
    with pytest.raises(ValueError, match="levels must be an integer of at least 2"):
        make(levels=levels)


def test_a_desk_where_agents_accept_is_refused():
    with pytest.raises(ValueError, match="expected one where agents bid, not 'small_desk'"):
        discrete_bids(TicketRoutingEnv("small_desk"))


def test_the_package_exports_it():
    assert "discrete_bids" in marl_routing.__all__
    assert make().unwrapped.metadata["name"] == "ticket_routing_v0"
