"""Learning on the job: every ticket resolved teaches, within the episode."""

import numpy as np
import pytest

from tests.core.by_hand import Desk, crew, row

RATE = 0.5
LEARNING = {
    "service": {
        "law": "deterministic",
        "mean_minutes": 12,
        "speed": {"at_0": 0.5, "at_1": 1.0},
        "learning": {"per_ticket": RATE},
    },
    "agents": crew({0: 0.0, 1: [0.25, 0, 1, 1, 1]}),
}


def test_expertise_and_speed_follow_the_formula() -> None:
    """12 minutes at speed 0.5 are 24 steps, at 0.75 then 16; 14 more at 0.875 are 16 again."""
    desk = Desk(row(0, work=12), row(0, work=12), row(0, work=14), **LEARNING)
    expertise, clock = 0.0, 0
    for number, steps in enumerate((24, 16, 16)):
        desk.play((0, "accept", number))
        clock += steps
        assert desk.run_until_resolved(number) == clock
        expertise += RATE * (1 - expertise)
        state = desk.batch.states[0]
        assert state["expertise"][0, 0] == np.float32(expertise)
        assert state["speed"][0, 0] == 0.5 + 0.5 * expertise
        assert state["handle_steps"][0, 0] == pytest.approx(12 / (0.5 + 0.5 * expertise))
    fields = [name for name, _, _ in desk.batch.observation_fields()]
    shown = [i for i, name in enumerate(fields) if name.startswith("expertise")]
    assert desk.batch.observations[0, 0, shown].tolist() == [expertise, 0, 0, 0, 0]


def test_only_who_resolves_learns_and_only_that() -> None:
    desk = Desk(row(0, work=4), **LEARNING)
    desk.play((0, "accept", 0))
    desk.play((2, "swarm", 0))
    desk.run_until_resolved(0)
    changed = desk.batch.states[0]["expertise"] != desk.batch.rules.desk[0]["expertise"]
    assert np.argwhere(changed).tolist() == [[0, 0]]


def test_arbitration_goes_by_what_was_learnt() -> None:
    """Agent 1 knows more at first; after one ticket agent 0 does."""
    desk = Desk(row(0, work=4), row(20), row(60), **LEARNING)
    desk.run(20)
    for agents, number, winner in ((range(1), 0, 0), (range(2), 1, 0)):
        assert desk.clock == 20 or number
        desk.play(*((agent, "accept", number) for agent in agents))
        assert desk.held(winner) == [number]
        desk.run_until_resolved(number)
    desk.batch.reset(0)
    desk.run(20)
    desk.play((0, "accept", 1), (1, "accept", 1))
    assert desk.held(1) == [1]


def test_the_accept_is_paid_by_present_expertise() -> None:
    desk = Desk(row(0, work=4), row(20), **LEARNING, reward__weights={"expertise_bonus": 1})
    desk.play((0, "accept", 0))
    assert desk.term("expertise_bonus")[0] == 0
    desk.run(20 - desk.clock)
    desk.play((0, "accept", 1))
    assert desk.term("expertise_bonus")[0] == 0.5
    assert desk.metrics["expertise_match"] == 0.25


def test_an_episode_begins_with_what_the_scenario_says() -> None:
    desk = Desk(row(0, work=4), **LEARNING)
    desk.play((0, "accept", 0))
    desk.run_until_resolved(0)
    assert desk.batch.states["expertise"][0, 0, 0] == 0.5
    desk.batch.reset()
    rules = desk.batch.rules.desk[0]
    for name in ("expertise", "speed", "handle_steps", "by_expertise"):
        np.testing.assert_array_equal(desk.batch.states[name][0], rules[name])


def test_without_learning_nobody_learns() -> None:
    desk = Desk(row(0, work=4), agents=crew({0: 0.0}))
    desk.play((0, "accept", 0))
    desk.run_until_resolved(0)
    assert desk.batch.states["expertise"][0, 0, 0] == 0
