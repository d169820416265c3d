"""The drawn desk says what the desk's arrays say."""

import re

import numpy as np
import pytest

from marl_routing import list_scenarios, load_scenario
from marl_routing.envs.parallel import TicketRoutingEnv


def play(env, steps, seed=0):
    _, infos = env.reset(seed=seed)
    for i, agent in enumerate(env.agents):
        env.action_space(agent).seed(seed + i)
    for _ in range(steps):
        actions = {
            agent: env.action_space(agent).sample(info.get("action_mask"))
            for agent, info in infos.items()
        }
        *_, infos = env.step(actions)


@pytest.mark.parametrize("name", list_scenarios())
def test_every_count_stands_in_the_text(name):
    env = TicketRoutingEnv(name, render_mode="ansi")
    play(env, 30)
    text, view = env.render(), env.view()
    for category, waiting in zip(env.scenario.categories, view.queued[0], strict=True):
        assert re.search(rf"^{re.escape(category)} +{waiting} ", text, re.MULTILINE)
    for agent, held in enumerate(view.held[0]):
        assert re.search(rf"^agent_{agent}\b.* {held}/{view.capacity[agent]}\b", text, re.MULTILINE)
    counts = env.counts()
    assert f"arrivals {counts['arrivals']}" in text
    assert f"open {counts['open']}" in text
    assert f"step 30 of {env.scenario.time.horizon_steps}" in text


def test_waiting_late_and_idle_are_in_words():
    env = TicketRoutingEnv("small_desk", render_mode="ansi")
    env.reset(seed=0)
    while not env.view().queued.any():
        env.step({})
    assert re.search(r"1 +0 min +in \d", env.render())
    while env.agents:
        env.step({})
    assert re.search(r"\d+ late", env.render())
    assert "idle" in env.render()


def test_who_is_away_is_off_shift():
    env = TicketRoutingEnv("follow_the_sun", render_mode="ansi")
    play(env, 165)  # 08:15, when a third of the team has begun
    there, text = env.view().on_shift[0], env.render()
    assert 0 < there.sum() <= 4
    for agent, present in enumerate(there):
        off = re.search(rf"^agent_{agent}\b.*off shift$", text, re.MULTILINE)
        assert present == (off is None)


def test_what_an_agent_works_on_helps_with_and_leaves_lying_is_named():
    # A held ticket waits only where the one it depends on comes back.
    comes_back = {"probability": 0.6, "mean_minutes": 20}
    chain = {"incidents.dependency.probability": 1.0, "incidents.reopen": comes_back}
    scenario = load_scenario("engineering_triage", **chain)
    env = TicketRoutingEnv(scenario, render_mode="ansi")
    seen = set()
    for steps in range(10, 200, 10):
        play(env, steps)
        record, tickets = env.desk_record, env.desk_record["tickets"]
        open_numbers = set(tickets["number"][env.open_tickets()].tolist())
        for agent, doing in enumerate(doings(env.render())):
            held = record["held"][agent, : record["held_count"][agent]]
            life, numbers = record["life"][held], tickets["number"][held]
            pending = life["pending"] > 0
            waiting = np.isin(life["waits_for"], list(open_numbers)) & ~pending
            helped = [i for i in record["helping"][agent : agent + 1] if i >= 0]
            expected = {
                "helps with": set(tickets["number"][helped].tolist()),
                "": set(numbers[life["in_work"] > 0].tolist()),
                "pending": set(numbers[pending].tolist()),
                "waiting": set(numbers[waiting].tolist()),
            }
            named = {word: named_after(word, doing) for word in expected}
            assert named == expected
            assert ("idle" in doing) == (not expected[""] and not helped)
            seen |= {word for word, tickets_named in named.items() if tickets_named}
    assert seen == set(expected)


def doings(text):
    """The last column of each agent's line."""
    return re.findall(r"^agent_\d+ .* \d+/\d+  (.+)$", text, re.MULTILINE)


def named_after(word, doing):
    """Numbers of the tickets in the part of an agent's doing that begins with a word, or none."""
    parts = [re.fullmatch(r"([a-z ]*?) ?(#.+)", part) for part in doing.split("; ")]
    found = [part[2] for part in parts if part is not None and part[1] == word]
    return {int(number) for number in re.findall(r"#(\d+)", " ".join(found))}


def test_queued_tickets_that_depend_on_others_are_counted():
    env = TicketRoutingEnv("incident_storm", render_mode="ansi")
    counted = set()
    for steps in range(20, 200, 20):
        play(env, steps)
        text, record = env.render(), env.desk_record
        queued = [i for i in env.open_tickets() if record["tickets"]["holder"][i] < 0]
        open_numbers = record["tickets"]["number"][env.open_tickets()]
        waiting = np.isin(record["life"]["waits_for"][queued], open_numbers)
        for category, name in enumerate(env.scenario.categories):
            of_category = record["tickets"]["category"][queued] == category
            count = int((waiting & of_category).sum())
            assert re.search(rf"^{name} .* {count}$", text, re.MULTILINE)
            counted.add(count)
    assert counted >= {0, 1}


def test_the_clock_passes_midnight_and_week():
    late = {"time.start": {"weekday": "sunday", "time": "23:59"}}
    env = TicketRoutingEnv(load_scenario("small_desk", **late), render_mode="ansi")
    env.reset(seed=0)
    assert "sunday 23:59" in env.render()
    env.step({})
    assert "monday 00:00" in env.render()


def test_human_mode_prints_every_step(capsys):
    env = TicketRoutingEnv("small_desk", render_mode="human", max_cycles=3)
    env.reset(seed=0)
    while env.agents:
        env.step({})
    assert env.render() is None
    printed = capsys.readouterr().out
    assert [f"step {i} of 3" in printed for i in range(4)] == [True] * 4
    assert printed.count("small_desk") == 5


def test_without_a_mode_render_says_how_to_get_one():
    env = TicketRoutingEnv("small_desk")
    env.reset(seed=0)
    with pytest.warns(UserWarning, match="render_mode='ansi'"):
        assert env.render() is None
