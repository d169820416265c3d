"""The parallel face where agents bid: what goes in, what comes out, and what is no bid."""

import pickle
import warnings

import numpy as np
import pytest
from gymnasium import spaces

from marl_routing import DeskBatch, load_scenario, ticket_routing_v0
from marl_routing.envs.parallel import TicketRoutingEnv

DESK = load_scenario("auction_desk")
SHORT = 40


def make(**settings):
    return TicketRoutingEnv(DESK, **{"max_cycles": SHORT} | settings)


def alone(env, agent, bids):
    """A bid for everybody, of which only this agent's is not 0."""
    return {name: np.zeros_like(bids) for name in env.agents} | {agent: bids}


def sample(env):
    return {agent: env.action_space(agent).sample() for agent in env.agents}


def test_actions_are_a_box_of_slots():
    env = make()
    slots = env._batch.num_slots
    for i, agent in enumerate(env.possible_agents):
        assert env.action_space(agent) == spaces.Box(0, 1, (slots,), np.float32)
        assert len(env.action_meanings(agent)) == slots
        env.action_space(agent).seed(i)
    assert env.action_meanings("agent_0")[0] == "bid for technical ticket 1"
    assert not np.array_equal(*list(sample_of_two(env)))


def sample_of_two(env):
    return (env.action_space(agent).sample() for agent in env.possible_agents[:2])


def test_infos_hold_the_mask_of_bids_and_nothing_else():
    env, bare = make(), make(action_mask="none")
    observations, infos = env.reset(seed=0)
    same, nothing = bare.reset(seed=0)
    names = [name for name, *_ in env.observation_fields()]
    first = names.index("biddable[0]")
    for agent, info in infos.items():
        assert list(info) == ["bid_mask"]
        mask = info["bid_mask"]
        assert mask.dtype == np.int8
        assert mask.shape == env.action_space(agent).shape
        np.testing.assert_array_equal(mask, observations[agent][first : first + len(mask)])
        np.testing.assert_array_equal(observations[agent], same[agent])
    assert nothing == {agent: {} for agent in infos}


@pytest.mark.parametrize("face", [ticket_routing_v0.parallel_env, ticket_routing_v0.env])
def test_a_mask_in_the_observation_is_refused(face):
    with pytest.raises(ValueError, match=r"action_mask must be 'info' or 'none' where agents bid"):
        face(DESK, action_mask="observation")


def test_a_lone_bid_wins_at_the_reserve_price():
    env = make()
    _, infos = env.reset(seed=0)
    slot = int(np.flatnonzero(infos["agent_3"]["bid_mask"])[0])
    bids = np.zeros(env._batch.num_slots, np.float32)
    bids[slot] = 0.2
    env.step(alone(env, "agent_3", bids))
    assert env.terms()["accept_base"].tolist() == [float(i == 3) for i in range(10)]
    assert not env.terms()["payment"].any()


def test_winners_pay_the_second_price():
    env = make()
    _, infos = env.reset(seed=0)
    slot = int(np.flatnonzero(infos["agent_3"]["bid_mask"])[0])
    high, low = np.zeros((2, env._batch.num_slots), np.float32)
    high[slot], low[slot] = 0.75, 0.5
    env.step({"agent_3": high, "agent_4": low})
    assert env.terms()["accept_base"][[3, 4]].tolist() == [1.0, 0.0]
    assert env.terms()["payment"][[3, 4]].tolist() == [0.5, 0.0]
    assert env.metrics()["term_payment"] == 0.5


KINDS = [
    np.float64,
    np.ndarray.tolist,
    tuple,
    lambda bids: np.where(bids == 0, -np.inf, bids),
    lambda bids: np.where(bids == 0, np.nan, bids.astype(float)),
    lambda bids: np.asfortranarray(bids),
]


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_of_any_kind_are_understood(kind):
    env, plain = make(), make()
    env.reset(seed=3)
    plain.reset(seed=3)
    rng = np.random.default_rng(0)
    while env.agents:
        bids = rng.random((10, 10), np.float32) * (rng.random((10, 10)) < 0.5)
        bids = dict(zip(env.agents, bids.astype(np.float32), strict=True))
        env.step({agent: kind(row) for agent, row in bids.items()})
        plain.step(bids)
        np.testing.assert_array_equal(env.state(), plain.state())
    assert env.metrics()["resolved"] > 0


def test_bids_are_clipped_and_integers_are_bids():
    env, plain = make(), make()
    env.reset(seed=3)
    plain.reset(seed=3)
    large = dict.fromkeys(env.agents, np.full(10, 1e300))
    assert_no_warning(lambda: env.step(large))
    plain.step(dict.fromkeys(plain.agents, np.ones(10, int)))
    np.testing.assert_array_equal(env.terms()["payment"], plain.terms()["payment"])
    np.testing.assert_array_equal(env.state(), plain.state())


def assert_no_warning(call):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call()


class Unreadable:
    def __array__(self, *_, **__):
        raise RuntimeError("not on this device")

    def __str__(self):
        return "unreadable"


NO_BIDS = [
    0, 1, 1.0, None, "1", [], {}, [[1], []], np.ones(9), np.ones(11), np.ones((10, 1)),
    np.ones((1, 10)), np.full(10, "1"), np.full(10, None), np.full(10, np.nan), -np.ones(10),
    np.ones(10, complex), Unreadable(),
]  # fmt: skip


@pytest.mark.parametrize("action", NO_BIDS, ids=str)
def test_what_is_no_numbers_for_the_slots_is_no_bid(action):
    env = make()
    env.reset(seed=0)
    assert_no_warning(lambda: env.step(dict.fromkeys(env.agents, action)))
    assert not env.terms()["accept_base"].any()
    others = dict.fromkeys(env.agents, np.ones(10)) | {"agent_0": action}
    assert_no_warning(lambda: env.step(others))
    won = env.terms()["accept_base"]
    assert won[0] == 0
    assert won[1:].any()
    assert env.metrics()["illegal_actions"] == 0


def test_missing_agents_do_not_bid_and_unknown_ones_are_nobody():
    env = make()
    env.reset(seed=0)
    env.step({})
    env.step({"agent_99": np.ones(10)})
    assert env.view().held.sum() == 0
    with pytest.raises(TypeError, match="actions must map agent names to actions"):
        env.step(np.ones((10, 10)))


def test_the_parallel_desk_is_the_desk_of_the_batch():
    desks, env = DeskBatch(DESK, num_envs=3), TicketRoutingEnv(DESK)
    desks.reset(seed=10)
    env.reset(seed=12)
    rng = np.random.default_rng(0)
    for _ in range(100):
        bids = rng.random((3, 10, 10), np.float32)
        desks.step(bids)
        observations, rewards, *_, infos = env.step(dict(zip(env.agents, bids[2], strict=True)))
        np.testing.assert_array_equal(desks.observations[2], list(observations.values()))
        np.testing.assert_array_equal(desks.rewards[2], np.float32(list(rewards.values())))
        masks = [info["bid_mask"] for info in infos.values()]
        np.testing.assert_array_equal(desks.action_masks[2, :, 1:], masks)


def test_a_pickled_env_goes_on_as_the_first():
    env = make()
    env.reset(seed=0)
    env.step(sample(env))
    twin = pickle.loads(pickle.dumps(env))
    while env.agents:
        bids = sample(env)
        one, other = env.step(bids), twin.step(bids)
        assert one[1:4] == other[1:4]
        np.testing.assert_array_equal(env.state(), twin.state())


def test_the_one_at_a_time_face_is_the_same_desk():
    aec, parallel = ticket_routing_v0.env(DESK, max_cycles=SHORT), make()
    aec.reset(seed=4)
    parallel.reset(seed=4)
    rng = np.random.default_rng(0)
    rewards = dict.fromkeys(parallel.agents, 0)
    bids = {}
    for agent in aec.agent_iter():
        _, reward, _, truncated, info = aec.last()
        assert reward == rewards[agent]
        assert "bid_mask" in info
        bids[agent] = None if truncated else rng.random(10, np.float32)
        aec.step(bids[agent])
        if agent == parallel.possible_agents[-1] and not truncated:
            rewards = parallel.step(bids)[1]
    assert not parallel.agents
    assert aec.unwrapped.metrics()["resolved"] == parallel.metrics()["resolved"] > 0
