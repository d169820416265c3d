"""The parallel face: what goes in, what comes out, and what happens at the edges."""

import pickle

import cloudpickle
import numpy as np
import pytest

import marl_routing
from marl_routing import RewardTerm, ScenarioError, load_scenario, ticket_routing_v0
from marl_routing.envs.parallel import MASK_FORMS, TicketRoutingEnv

SHORT = 30


def make(**settings):
    return TicketRoutingEnv("small_desk", **{"max_cycles": SHORT} | settings)


def play_to_the_end(env, action=0):
    while env.agents:
        result = env.step(dict.fromkeys(env.agents, action))
    return result


def legal(env, infos, rng):
    return {
        agent: int(rng.choice(np.flatnonzero(infos[agent]["action_mask"]))) for agent in env.agents
    }


def test_step_before_reset_says_so():
    env = make(render_mode="ansi")
    for act in (lambda: env.step({}), env.render):
        with pytest.raises(RuntimeError, match=r"call reset\(\) first"):
            act()


def test_five_dicts_of_all_agents_until_the_end_and_empty_ones_after():
    env = make()
    env.reset(seed=0)
    for step in range(1, SHORT + 1):
        parts = env.step({})
        assert all(list(part) == env.possible_agents for part in parts)
        assert set(parts[3].values()) == {step == SHORT}
        assert not any(parts[2].values())
    assert env.agents == []
    assert env.step({}) == ({}, {}, {}, {}, {})
    assert env.step({"agent_0": 1}) == ({}, {}, {}, {}, {})


def test_state_metrics_and_text_still_describe_the_end():
    env = make(render_mode="ansi")
    env.reset(seed=0)
    play_to_the_end(env)
    assert env.state_space.contains(env.state())
    assert env.state()[-1] == 1.0  # the clock
    assert env.counts()["open"] == env.metrics()["backlog_end"]
    assert f"step {SHORT} of {SHORT}" in env.render()


def test_the_next_reset_is_the_next_episode():
    env, other = make(), make()
    env.reset(seed=5)
    play_to_the_end(env)
    env.reset()
    other.reset(seed=5)
    other.reset()
    np.testing.assert_array_equal(env._batch.states["keys"], other._batch.states["keys"])
    assert env._batch.states["episode"][0] == 1


def test_unseeded_first_resets_differ():
    keys = set()
    for _ in range(2):
        env = make()
        env.reset()
        keys.add(int(env._batch.states["seed_key"][0]))
    assert len(keys) == 2


def test_agents_seeds_and_batch_desks_agree():
    desks = marl_routing.DeskBatch("small_desk", num_envs=3)
    desks.reset(seed=10)
    env = TicketRoutingEnv("small_desk")
    _, infos = env.reset(seed=12)
    rng = np.random.default_rng(0)
    for _ in range(100):
        actions = legal(env, infos, rng)
        rows = np.zeros((3, len(env.agents)), np.int32)
        rows[2] = list(actions.values())
        desks.step(rows)
        observations, rewards, *_, infos = env.step(actions)
        np.testing.assert_array_equal(desks.observations[2], list(observations.values()))
        np.testing.assert_array_equal(desks.rewards[2], np.float32(list(rewards.values())))


@pytest.mark.parametrize(
    "action",
    [-1, 10**6, 10**30, 1.0, 0.5, float("nan"), "1", None, [], [1, 2], [[1], []], {}],
    ids=str,
)
def test_what_is_no_action_passes_and_counts(action):
    env = make()
    env.reset(seed=0)
    env.step({"agent_0": action, "agent_1": 0})
    assert env.metrics()["illegal_actions"] == 1


@pytest.mark.parametrize(
    "kind", [int, np.int32, np.int64, np.uint8, np.array, lambda a: np.array([a]), lambda a: [a]]
)
def test_integers_of_any_kind_are_understood(kind):
    env, plain = make(), make()
    for _ in range(3):
        _, infos = env.reset(seed=3)
        plain.reset(seed=3)
    rng = np.random.default_rng(0)
    while env.agents:
        actions = legal(env, infos, rng)
        *_, infos = env.step({agent: kind(action) for agent, action in actions.items()})
        plain.step(actions)
        np.testing.assert_array_equal(env.state(), plain.state())
    assert env.metrics()["illegal_actions"] == 0


def test_missing_agents_pass_and_unknown_ones_are_nobody():
    env = make()
    env.reset(seed=0)
    env.step({})
    env.step({"agent_99": 1})
    assert env.metrics()["illegal_actions"] == 0


@pytest.mark.parametrize("actions", [[0, 0], 0, None, np.zeros(2, int)], ids=str)
def test_actions_that_are_no_dict_are_refused(actions):
    env = make()
    env.reset(seed=0)
    with pytest.raises(TypeError, match="actions must map agent names to actions"):
        env.step(actions)


def test_mask_forms_show_one_desk():
    envs = {form: make(action_mask=form) for form in MASK_FORMS}
    moments = {form: env.reset(seed=1) for form, env in envs.items()}
    for _ in range(SHORT):
        plain = moments["info"][0]
        masks = {agent: info["action_mask"] for agent, info in moments["info"][1].items()}
        for agent in plain:
            both = moments["observation"][0][agent]
            np.testing.assert_array_equal(plain[agent], moments["none"][0][agent])
            np.testing.assert_array_equal(plain[agent], both["observation"])
            np.testing.assert_array_equal(masks[agent], both["action_mask"])
            assert envs["observation"].observation_space(agent).contains(both)
            assert moments["observation"][1] == moments["none"][1] == {a: {} for a in plain}
        for form, env in envs.items():
            observations, *_, infos = env.step({})
            moments[form] = (observations, infos)


def test_words_for_every_action_and_number():
    env = TicketRoutingEnv()
    observations, _ = env.reset(seed=0)
    agent = env.agents[0]
    assert len(env.action_meanings(agent)) == env.action_space(agent).n
    assert env.action_meanings(agent)[0] == "pass"
    fields = env.observation_fields()
    space = env.observation_space(agent)
    assert len(fields) == len(observations[agent]) == space.shape[0]
    np.testing.assert_array_equal(space.low, [low for _, low, _ in fields])
    np.testing.assert_array_equal(space.high, [high for _, _, high in fields])
    assert env.state().shape == env.state_space.shape
    assert env.unwrapped is env
    assert str(env) == "ticket_routing_v0"


def test_snapshot_goes_back_across_the_end():
    env = make()
    env.reset(seed=0)
    env.step({})
    snapshot, state = pickle.loads(pickle.dumps(env.snapshot())), env.state()
    play_to_the_end(env)
    ended = env.snapshot()
    env.restore(snapshot)
    assert env.agents == env.possible_agents
    np.testing.assert_array_equal(env.state(), state)
    env.restore(ended)
    assert env.agents == []
    assert env.step({}) == ({}, {}, {}, {}, {})


def test_snapshot_of_another_desk_is_refused():
    env, other = make(), TicketRoutingEnv()
    other.reset(seed=0)
    with pytest.raises(ValueError, match="snapshot"):
        env.restore(other.snapshot())


@pytest.mark.parametrize("library", [pickle, cloudpickle])
def test_a_pickled_env_goes_on_as_the_first(library):
    env = make()
    env.reset(seed=0)
    env.step({"agent_0": 1})
    twin = library.loads(library.dumps(env))
    for _ in range(SHORT // 2):
        one, other = env.step({}), twin.step({})
        assert one[1:4] == other[1:4]
        np.testing.assert_array_equal(env.state(), twin.state())


def test_max_cycles_is_the_horizon_and_no_attribute_changes_it():
    env = make(max_cycles=3)
    env.reset(seed=0)
    env.max_cycles = 100
    steps = 0
    while env.agents:
        env.step({})
        steps += 1
    assert steps == 3 == env.scenario.time.horizon_steps


def test_max_cycles_may_be_shorter_than_the_warm_up():
    scenario = load_scenario("small_desk", time__warm_up_steps=60)
    assert TicketRoutingEnv(scenario, max_cycles=10).scenario.time.warm_up_steps == 0
    assert TicketRoutingEnv(scenario, max_cycles=100).scenario.time.warm_up_steps == 60


@pytest.mark.parametrize("cycles", [0, -1, 2.5, "many"])
def test_bad_max_cycles_name_the_field(cycles):
    with pytest.raises(ScenarioError, match=r"time\.horizon_steps"):
        make(max_cycles=cycles)


@pytest.mark.parametrize("settings", [{"render_mode": "rgb_array"}, {"action_mask": "mask"}])
def test_unknown_settings_name_what_is_known(settings):
    (name,) = settings
    with pytest.raises(ValueError, match=f"{name} must be"):
        make(**settings)


def test_numpy_integers_are_numbers_of_cycles():
    scenario = make(max_cycles=np.int64(5)).scenario
    assert scenario == make(max_cycles=5).scenario
    assert type(scenario.time.horizon_steps) is int


def test_unknown_scenario_is_one_sentence():
    with pytest.raises(ScenarioError, match="did you mean 'small_desk'"):
        TicketRoutingEnv("small_dsk")


def test_user_terms_are_paid():
    term = RewardTerm("clock", 2.0, lambda batch: np.ones_like(batch.rewards))
    env, plain = make(reward_terms=(term,)), make()
    env.reset(seed=0)
    plain.reset(seed=0)
    paid, base = env.step({})[1], plain.step({})[1]
    assert paid == pytest.approx({agent: reward + 2.0 for agent, reward in base.items()})


def test_raw_terms_are_per_agent():
    env = make()
    env.reset(seed=0)
    env.step({"agent_0": 10**6})
    terms = env.terms()
    assert terms["illegal_action"].tolist() == [1.0, 0.0]
    assert all(values.shape == (2,) for values in terms.values())


def test_module_has_the_names_of_pettingzoo():
    assert ticket_routing_v0.parallel_env is TicketRoutingEnv
    assert ticket_routing_v0.__all__ == ["env", "parallel_env", "raw_env"]
