"""The triage view: how it is made, what it pays and tells, and how its episodes end."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from stable_baselines3.common.env_checker import check_env as check_env_for_sb3

from marl_routing import TRIAGE_ID
from marl_routing.testing.episode import alike
from marl_routing.views.triage import VERBS, TicketTriage
from tests.conformance.allowed import only_warnings
from tests.views.operators import (
    DYNAMIC,
    NOTHING,
    TWO_DIMENSIONS,
    moments,
    possible_action,
    short,
)


def test_made_by_id_with_every_option():
    env = gymnasium.make(TRIAGE_ID, window=6, reward="scenario", render_mode="ansi")
    assert env.action_space.nvec.tolist() == [6, 6, 3]
    assert VERBS == ("assign", "escalate", "request_info", "defer", "swarm", "noop")
    env.reset(seed=0)
    assert "engineering_triage" in env.render()
    default = gymnasium.make(TRIAGE_ID)
    shapes = {name: box.shape for name, box in default.observation_space.spaces.items()}
    assert shapes == {"global": (17,), "tickets": (10, 9), "engineers": (3, 3)}


@pytest.mark.parametrize("name", DYNAMIC)
def test_conforms_to_gymnasium_and_stable_baselines(name):
    with only_warnings(*TWO_DIMENSIONS):
        env = gymnasium.make(TRIAGE_ID, scenario=name, render_mode="ansi").unwrapped
        check_env(env)
        check_env_for_sb3(env, skip_render_check=False)


def test_many_at_once():
    with only_warnings():
        envs = gymnasium.make_vec(TRIAGE_ID, num_envs=2, vectorization_mode="sync")
        _, infos = envs.reset(seed=3)
        assert infos["action_mask"][0][0].shape == (6,)
        for _ in range(201):  # past the end
            _, rewards, terminated, _, infos = envs.step(envs.action_space.sample())
            assert not terminated.any()
        paid = sum(infos["reward_terms"][name] for name in ("resolved", "idle_with_backlog"))
        assert paid.shape == rewards.shape == (2,)


@pytest.mark.parametrize("name", DYNAMIC)
@pytest.mark.parametrize("reward", ["triage", "scenario"])
def test_rewards_are_the_desks_and_are_explained(name, reward):
    scenario = short(name)
    env = TicketTriage(scenario, reward=reward)
    total = 0.0
    for _, paid, terminated, _, info in moments(env, 0):
        assert type(paid) is float
        assert not terminated
        assert sum(info["reward_terms"].values()) == pytest.approx(paid, rel=1e-4, abs=1e-4)
        total += paid
    assert total == pytest.approx(env.desk.metrics()["reward"], rel=1e-4, abs=1e-3)
    assert info["illegal_actions"] == 0
    if reward == "triage":
        expected = {"resolved", "sla_breach", "idle_with_backlog", "context_switch", "operation"}
        assert expected <= info["reward_terms"].keys()


def test_reward_terms_are_weights_times_what_happened():
    env = TicketTriage()
    sums = dict.fromkeys(env.reset(seed=1)[1]["reward_terms"], 0.0)
    for *_, info in moments(env, 1):
        for name, paid in info["reward_terms"].items():
            sums[name] += paid
    kpis = env.desk.metrics()
    assert sums["resolved"] == pytest.approx(kpis["resolved"])
    assert sums["context_switch"] == pytest.approx(-0.05 * kpis["context_switches"], rel=1e-5)
    used = ("escalated", "deferred", "info_requests", "swarms", "reassigned")
    assert sums["operation"] == pytest.approx(-0.02 * sum(kpis[name] for name in used), rel=1e-5)
    assert all(kpis[name] > 0 for name in used)


def test_infos_count():
    env = TicketTriage()
    for *_, info in moments(env, 2):
        counts = env.desk.counts()
        assert info["backlog_count"] == counts["open"] == len(env.desk.open_tickets())
        assert info["total_resolved"] == counts["resolved"]
        counted = ("backlog_count", "total_resolved", "sla_breaches", "illegal_actions")
        assert all(type(info[name]) is int for name in counted)
    assert info["total_resolved"] > 0 < info["sla_breaches"]


@pytest.mark.parametrize("name", DYNAMIC)
def test_one_seed_one_episode_and_reset_continues(name):
    one, other = TicketTriage(short(name)), TicketTriage(short(name))
    first, again = list(moments(one, 7)), list(moments(other, 7))
    assert alike(first, again)
    second, next_one = list(moments(one, None)), list(moments(other, None))
    assert alike(second, next_one)
    assert not alike(first, second)
    assert alike(first, list(moments(one, 7)))


def test_what_was_returned_is_not_written_into():
    env = TicketTriage()
    observation, info = env.reset(seed=0)
    kept = {name: array.copy() for name, array in observation.items()}
    masks = [mask.copy() for mask in info["action_mask"]]
    terms = dict(info["reward_terms"])
    for _ in range(20):
        env.step(possible_action(env, np.random.default_rng(0)))
    assert alike(observation, kept)
    assert alike(list(info["action_mask"]), masks)
    assert info["reward_terms"] == terms


def test_the_horizon_truncates():
    env = TicketTriage()
    *_, last = moments(env, 0)
    assert last[2:4] == (False, True)
    assert env.desk.desk_record["step"] == 200
    with pytest.raises(RuntimeError, match=r"call reset\(\) first"):
        env.step(NOTHING)
    with pytest.raises(RuntimeError, match=r"call reset\(\) first"):
        TicketTriage().step(NOTHING)


def test_unfit_settings_are_refused():
    with pytest.raises(ValueError, match="'small_desk' has none"):
        TicketTriage("small_desk")
    for window in (0, 2.0, True):
        with pytest.raises(ValueError, match="window must be an integer of at least 1"):
            TicketTriage(window=window)
    with pytest.raises(ValueError, match="reward must be 'triage' or 'scenario'"):
        TicketTriage(reward="routing")
    with pytest.raises(ValueError, match="render_mode must be None, 'ansi' or 'human'"):
        TicketTriage(render_mode="rgb_array")


def test_human_mode_prints_every_step(capsys):
    env = TicketTriage(render_mode="human")
    env.reset(seed=0)
    for _ in range(3):
        env.step(NOTHING)
    assert env.render() is None
    assert capsys.readouterr().out.count("engineering_triage") == 5
