"""The views of many desks: each row is the single view, stepped with the same seed and actions."""

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.vector.utils import batch_space
from gymnasium.wrappers.vector import RecordEpisodeStatistics

from marl_routing import ENV_ID, SUPPORT_ID, TRIAGE_ID, load_scenario, vector
from marl_routing.views.conversation import CustomerSupport
from marl_routing.views.dispatcher import TicketDispatcher
from marl_routing.views.triage import TicketTriage
from tests.conformance.allowed import only_warnings
from tests.vector.playing import DESKS, SHORT, assert_alike, assert_told, choose, operations

BUGS = load_scenario("engineering_triage", time__horizon_steps=130)
# More come at once, before anything can be decided, than the desk has room for.
FLOOD = {"time_minutes": 3.0, "category": "billing", "priority": "high"}
FLOODED = load_scenario(SHORT, arrivals={"process": "trace", "trace": [FLOOD] * 35})
EMPTY = load_scenario(SHORT, arrivals={"process": "poisson", "rate_per_hour": 0})

DISPATCHER, TRIAGE, TALK = (
    (ENV_ID, vector.DispatcherVectorEnv, TicketDispatcher),
    (TRIAGE_ID, vector.TriageVectorEnv, TicketTriage),
    (SUPPORT_ID, vector.ConversationVectorEnv, CustomerSupport),
)
FACES = {  # id, native, single; settings; steps that see every desk through two ends
    "dispatcher": (*DISPATCHER, {"scenario": SHORT}, 60),
    "every option": (
        *DISPATCHER,
        {"scenario": SHORT, "nested": True, "allow_hold": True, "reward": "scenario"},
        600,
    ),
    "paid before deciding": (*DISPATCHER, {"scenario": FLOODED, "reward": "scenario"}, 80),
    "no tickets": (*DISPATCHER, {"scenario": EMPTY}, 8),
    "triage": (*TRIAGE, {"scenario": BUGS, "window": 6}, 270),
    "paid by scenario": (*TRIAGE, {"scenario": BUGS, "reward": "scenario"}, 30),
    "conversation": (*TALK, {"expertise": 0.9}, 60),
    "alone": (*TALK, {"colleague": False}, 20),
}
MODES = (AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP)


def actions_for(envs, infos, rng):
    if isinstance(envs, vector.TriageVectorEnv):
        return operations(envs.operation_masks(), rng)
    return choose(infos["action_mask"], rng)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
@pytest.mark.parametrize("name", FACES)
def test_rows_are_single_views(name, mode):
    env_id, native, single, settings, steps = FACES[name]
    envs = gymnasium.make_vec(env_id, num_envs=DESKS, autoreset_mode=mode, **settings)
    assert isinstance(envs, native)
    singles = SyncVectorEnv([lambda: single(**settings)] * DESKS, autoreset_mode=mode)
    assert envs.single_observation_space == singles.single_observation_space
    assert envs.observation_space == singles.observation_space
    assert envs.action_space == singles.action_space
    assert envs.metadata["autoreset_mode"] is mode
    every, rng, ends = np.ones(DESKS, bool), np.random.default_rng(0), np.zeros(DESKS, int)
    for seed in (5, None):  # then the next episode
        observations, infos = envs.reset(seed=seed)
        expected, told = singles.reset(seed=seed)
        assert_alike(observations, expected)
        assert assert_told(infos, told, every) >= DESKS
    for _ in range(steps):
        actions = actions_for(envs, infos, rng)
        observations, rewards, terminated, truncated, infos = envs.step(actions)
        expected, paid, *flags, told = singles.step(actions)
        assert_alike(observations, expected)
        assert_alike(rewards, paid)
        assert_alike((terminated, truncated), tuple(flags))
        assert assert_told(infos, told, every) >= DESKS
        over = terminated | truncated
        assert ("final_obs" in infos) == (over.any() and mode is AutoresetMode.SAME_STEP)
        ends += over
    if steps > 30:
        assert (ends >= 2).all()


@pytest.mark.parametrize("name", ["dispatcher", "triage", "conversation"])
def test_some_rows_are_reset(name):
    _, native, single, settings, _ = FACES[name]
    envs, singles = native(DESKS, **settings), SyncVectorEnv([lambda: single(**settings)] * DESKS)
    rng, mask = np.random.default_rng(0), np.array([True, False, True])
    for seed, some in ((4, None), (None, mask), (9, ~mask)):
        for both in (envs, singles):
            options = None if some is None else {"reset_mask": some.copy()}
            observations, _ = both.reset(seed=seed, options=options)
        assert_alike(envs._see(), observations)
        for _ in range(5):
            actions = actions_for(envs, {"action_mask": envs._tell()["action_mask"]}, rng)
            *native_moment, _ = envs.step(actions)
            *moment, _ = singles.step(actions)
            assert_alike(tuple(native_moment), tuple(moment))


@pytest.mark.parametrize("name", ["dispatcher", "triage", "conversation"])
def test_seeds(name):
    _, native, _, settings, _ = FACES[name]
    envs, alone = native(num_envs=DESKS, **settings), native(num_envs=1, **settings)
    first, _ = envs.reset(seed=7)
    again, _ = envs.reset(seed=7)
    assert_alike(again, first)
    last, _ = alone.reset(seed=7 + DESKS - 1)
    space = envs.single_observation_space
    assert_alike(
        next(gymnasium.vector.utils.iterate(batch_space(space, 1), last)),
        list(gymnasium.vector.utils.iterate(envs.observation_space, first))[-1],
    )
    states = envs.desks.states["keys"].copy()
    envs.reset()
    assert (envs.desks.states["keys"] != states).any(axis=1).all()


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_episode_statistics(mode):
    """Gymnasium's wrapper counts what the single view pays."""
    envs = RecordEpisodeStatistics(
        vector.DispatcherVectorEnv(num_envs=2, scenario=SHORT, autoreset_mode=mode)
    )
    _, infos = envs.reset(seed=1)
    while not envs.episode_count:
        actions = infos["action_mask"].argmax(axis=1)  # the first agent who can
        *_, infos = envs.step(actions)
    row = int(np.flatnonzero(infos["_episode"])[0])
    single, total, length, over = TicketDispatcher(SHORT), 0.0, 0, False
    _, info = single.reset(seed=1 + row)
    while not over:
        _, reward, _, over, info = single.step(int(info["action_mask"].argmax()))
        total, length = total + reward, length + 1
    assert infos["episode"]["r"][row] == pytest.approx(total, rel=1e-5)
    assert infos["episode"]["l"][row] == length


@pytest.mark.parametrize("name", ["every option", "triage", "conversation"])
def test_what_is_returned_stays(name):
    """Observations stay in their space, and no step writes into what an earlier one returned."""
    _, native, _, settings, _ = FACES[name]
    envs, rng = native(num_envs=2, **settings), np.random.default_rng(0)
    observations, infos = envs.reset(seed=0)
    moments = []
    for _ in range(25):
        assert envs.observation_space.contains(observations)
        told = {k: v for k, v in infos.items() if not k.startswith("_")}
        moments.append((observations, told, repr((observations, told))))
        observations, *_, infos = envs.step(actions_for(envs, infos, rng))
    assert all(repr((seen, told)) == before for seen, told, before in moments)


@pytest.mark.parametrize("env_id", [ENV_ID, TRIAGE_ID, SUPPORT_ID])
def test_made_without_warnings(env_id):
    with only_warnings():
        envs = gymnasium.make_vec(env_id, num_envs=2)
        envs.reset(seed=0)
        envs.action_space.seed(0)
        for _ in range(3):
            envs.step(envs.action_space.sample())
        envs.close()
    assert envs.spec.id == env_id


def test_what_is_no_action_is_illegal_and_another_shape_an_error():
    envs = vector.DispatcherVectorEnv(num_envs=2, scenario=SHORT)
    envs.reset(seed=0)
    envs.step(np.array([99, -5]))
    assert envs.desks.states["illegal_actions"].tolist() == [1, 1]
    triage = vector.TriageVectorEnv(num_envs=2, scenario=BUGS)
    triage.reset(seed=0)
    triage.step(np.array([[0, 99, 0], [5, 99, 99]]))
    assert triage.desks.states["illegal_actions"].tolist() == [1, 0]
    for strange in (np.zeros(2), np.zeros(3, int), None):
        with pytest.raises(ValueError, match=r"actions: expected an array of integers of shape"):
            envs.step(strange)


def test_unfit_settings_are_refused():
    with pytest.raises(ValueError, match="NEXT_STEP or SAME_STEP, not DISABLED"):
        vector.DispatcherVectorEnv(autoreset_mode=AutoresetMode.DISABLED)
    with pytest.raises(ValueError, match="reward must be 'routing' or 'scenario'"):
        vector.DispatcherVectorEnv(reward="mine")
    with pytest.raises(ValueError, match="'small_desk' has none"):
        vector.TriageVectorEnv(scenario="small_desk")
    with pytest.raises(RuntimeError, match=r"call reset\(\) first"):
        vector.DispatcherVectorEnv(scenario=SHORT).step(np.zeros(1, int))
