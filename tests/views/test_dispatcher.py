"""The central dispatcher: decisions, their pay, masks and ends."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import data_equivalence

from marl_routing import ENV_ID, list_scenarios, load_scenario
from marl_routing.views.dispatcher import TicketDispatcher

DESK = load_scenario("small_desk")


def play(env, seed, choose):
    """Whole episode; returns the moments."""
    observation, info = env.reset(seed=seed)
    moments = [(observation, 0.0, False, info)]
    while not moments[-1][2]:
        observation, reward, terminated, truncated, info = env.step(choose(moments[-1][3]))
        assert not terminated
        moments.append((observation, reward, truncated, info))
    return moments


def at_random(rng):
    return lambda info: int(rng.choice(np.flatnonzero(info["action_mask"])))


def test_made_by_id_with_every_option():
    env = gymnasium.make(ENV_ID, scenario="small_desk", nested=True, allow_hold=True)
    assert isinstance(env.unwrapped, TicketDispatcher)
    assert env.action_space.n == 3
    assert env.get_wrapper_attr("action_masks") is not None


@pytest.mark.parametrize("name", list_scenarios())
@pytest.mark.parametrize("reward", ["routing", "scenario"])
def test_the_return_is_the_desks_reward(name, reward):
    scenario = load_scenario(name, time__horizon_steps=120, time__warm_up_steps=0)
    env = TicketDispatcher(scenario, reward=reward)
    moments = play(env, 0, at_random(np.random.default_rng(0)))
    paid = sum(reward for _, reward, _, _ in moments)
    assert paid == pytest.approx(env.desk.metrics()["reward"], rel=1e-4, abs=1e-3)
    assert moments[-1][0]["time_step"] == 120
    assert moments[-1][3]["illegal_actions"] == 0


def test_accepts_are_paid_on_the_decision_that_earned_them():
    env = TicketDispatcher(DESK)
    observation, info = env.reset(seed=0)
    view, truncated = env.desk.view(), False
    while not truncated:
        agent = int(np.flatnonzero(info["action_mask"])[0])
        kind, priority = observation["ticket_type"], observation["ticket_priority"]
        multiplier = view.num_priorities - priority
        earned = 10 + 5 * view.expertise[agent, kind]
        earned -= 0.1 * view.handle_steps[agent, kind] * multiplier
        lopsided = _lopsided_after(env, agent)
        observation, reward, _, truncated, info = env.step(agent)
        assert reward == pytest.approx(earned - 5 * lopsided, rel=1e-5)


def _lopsided_after(env, agent):
    held = env.desk.view().held[0].copy()
    held[agent] += 1
    return (held.max() - held.min()) / env.desk.view().capacity.max() > 0.5


def test_the_clock_stands_still_while_tickets_wait():
    scenario = load_scenario(DESK, arrivals__initial_backlog=6)
    env = TicketDispatcher(scenario, reward="scenario")
    observation, info = env.reset(seed=1)
    numbers = []
    for _ in range(5):
        assert observation["time_step"] == 0
        numbers.append(env.desk.ticket(env._ticket).number)
        observation, reward, _, _, info = env.step(int(np.flatnonzero(info["action_mask"])[0]))
        assert reward == 0.0  # holding costs come with the clock
    assert numbers == [0, 1, 2, 3, 4]
    observation, reward, *_ = env.step(int(np.flatnonzero(info["action_mask"])[0]))
    assert observation["time_step"] > 0
    assert reward < 0.0


def test_a_desk_of_bidders_is_dispatched_without_an_auction():
    env = TicketDispatcher("auction_desk", reward="scenario")
    choose = at_random(np.random.default_rng(0))
    play(env, 0, choose)
    metrics = env.desk.metrics()
    assert metrics["resolved"] > 0
    assert metrics["term_payment"] == metrics["illegal_actions"] == 0


def test_hold_leaves_the_ticket_for_this_step():
    scenario = load_scenario(DESK, arrivals__initial_backlog=1)
    env = TicketDispatcher(scenario, allow_hold=True)
    observation, info = env.reset(seed=2)
    assert info["action_mask"].tolist()[-1] == 1
    for step in range(5):
        assert observation["time_step"] == step
        assert env.desk.ticket(env._ticket).number == 0
        while observation["time_step"] == step:
            observation, reward, _, _, info = env.step(env.action_space.n - 1)
            assert reward == 0.0
    assert env.desk.counts()["resolved"] == 0


@pytest.mark.parametrize("action", [2, -1, 10**9, 0.5, None, "0", [0, 1]], ids=str)
def test_what_is_no_action_holds_the_ticket_and_counts(action):
    env = TicketDispatcher(DESK)
    env.reset(seed=0)
    number = env.desk.ticket(env._ticket).number
    _, _, _, truncated, info = env.step(action)
    assert info["illegal_actions"] == 1
    assert not truncated
    assert env.desk.view().held.sum() == 0
    assert env.desk.ticket(env._ticket).number >= number


def test_a_masked_agent_holds_the_ticket_and_pays_the_term():
    scenario = load_scenario(
        DESK,
        arrivals__initial_backlog=12,
        reward={"weights": {"illegal_action": -3.0, "waiting": 0.0, "sla_breach": 0.0}},
    )
    env = TicketDispatcher(scenario, reward="scenario")
    _, info = env.reset(seed=0)
    capacity = env.desk.view().capacity[0]
    for _ in range(capacity):
        assert info["action_mask"].tolist() == [1, 1]
        *_, info = env.step(0)
    assert info["action_mask"].tolist() == [0, 1]
    _, reward, _, _, info = env.step(0)
    assert reward == pytest.approx(-3.0)
    assert info["illegal_actions"] == 1
    assert env.desk.view().held[0].tolist() == [capacity, 0]


@pytest.mark.parametrize("name", list_scenarios())
def test_masks_are_exactly_who_can_take_the_ticket(name):
    scenario = load_scenario(name, time__horizon_steps=60, time__warm_up_steps=0)
    env = TicketDispatcher(scenario)
    choose = at_random(np.random.default_rng(1))
    _, info = env.reset(seed=3)
    for _ in range(20):
        for agent in range(env.action_space.n):
            before = env.desk.snapshot()
            env.desk.place(env._ticket, agent)
            legal = env.desk.metrics()["illegal_actions"] == 0
            env.desk.restore(before)
            assert legal == info["action_mask"][agent] == env.action_masks()[agent]
        *_, truncated, info = env.step(choose(info))
        if truncated:
            break


def test_nested_groups_the_same_numbers():
    flat, nested = TicketDispatcher(DESK), TicketDispatcher(DESK, nested=True)
    one, other = flat.reset(seed=0)[0], nested.reset(seed=0)[0]
    ungrouped = {
        **other.pop("current_ticket"),
        **other.pop("agents"),
        **other,
    }
    assert data_equivalence(one, ungrouped, exact=True)
    assert set(nested.observation_space.spaces) == {
        "current_ticket",
        "agents",
        "queue_size",
        "time_step",
    }


def test_observation_says_what_the_desk_holds():
    env = TicketDispatcher(DESK)
    observation, info = env.reset(seed=0)
    choose, truncated = at_random(np.random.default_rng(0)), False
    while not truncated:
        view, ticket = env.desk.view(), env.desk.ticket(env._ticket)
        assert observation["ticket_type"] == ticket.category
        assert observation["ticket_priority"] == ticket.priority
        assert observation["ticket_age"] == pytest.approx([ticket.age])
        assert observation["queue_size"] == view.queued.sum()
        np.testing.assert_allclose(observation["agent_workload"], view.held[0] / view.capacity)
        np.testing.assert_array_equal(observation["agent_availability"], info["action_mask"])
        np.testing.assert_array_equal(
            observation["agent_expertise"], view.expertise.ravel().astype(np.float32)
        )
        observation, _, _, truncated, info = env.step(choose(info))


def test_one_seed_one_episode_and_reset_continues():
    one, other = TicketDispatcher(DESK), TicketDispatcher(DESK)
    first = play(one, 7, at_random(np.random.default_rng(0)))
    again = play(other, 7, at_random(np.random.default_rng(0)))
    assert data_equivalence(first, again, exact=True)
    second = play(one, None, at_random(np.random.default_rng(0)))
    next_one = play(other, None, at_random(np.random.default_rng(0)))
    assert data_equivalence(second, next_one, exact=True)
    assert not data_equivalence(first, second, exact=True)


def test_the_last_observation_has_no_ticket():
    env = TicketDispatcher(load_scenario(DESK, arrivals__load=3.0))
    observation, _, _, info = play(env, 0, at_random(np.random.default_rng(0)))[-1]
    assert (observation["agent_workload"] == 1).any()
    assert observation["ticket_type"] == len(DESK.categories)
    assert observation["ticket_priority"] == len(DESK.priorities)
    assert observation["time_step"] == DESK.time.horizon_steps
    assert info["action_mask"].all()
    with pytest.raises(RuntimeError, match=r"call reset\(\) first"):
        env.step(0)


def test_step_before_reset_says_so():
    with pytest.raises(RuntimeError, match=r"call reset\(\) first"):
        TicketDispatcher(DESK).step(0)


def test_an_episode_without_tickets_still_ends():
    scenario = load_scenario(DESK, arrivals={"process": "poisson", "rate_per_hour": 0})
    env = TicketDispatcher(scenario)
    env.reset(seed=0)
    *_, truncated, _ = env.step(0)
    assert truncated


def test_unknown_settings_are_refused():
    with pytest.raises(ValueError, match="reward must be 'routing' or 'scenario'"):
        TicketDispatcher(DESK, reward="mine")
    with pytest.raises(ValueError, match="render_mode must be None, 'ansi' or 'human'"):
        TicketDispatcher(DESK, render_mode="rgb_array")


def test_human_mode_prints_every_decision(capsys):
    env = TicketDispatcher(DESK, render_mode="human")
    env.reset(seed=0)
    for _ in range(3):
        env.step(0)
    assert env.render() is None
    assert capsys.readouterr().out.count("small_desk") == 5


def test_infos_hold_finite_kpis():
    env = TicketDispatcher(DESK)
    for _, _, _, info in play(env, 0, at_random(np.random.default_rng(0))):
        kpis = {name: value for name, value in info.items() if name != "action_mask"}
        assert {"avg_resolution_time", "sla_attainment", "backlog"} <= kpis.keys()
        assert all(type(value) is float and np.isfinite(value) for value in kpis.values())
    assert kpis["avg_resolution_time"] == env.desk.metrics()["resolution_minutes_mean"]


def test_render_is_the_desks_text():
    env = gymnasium.make(ENV_ID, scenario="small_desk", render_mode="ansi")
    env.reset(seed=0)
    assert "queue" in env.render()
