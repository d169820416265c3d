"""Agents who help a colleague: speeds add up, for as long as there is something to help with."""

from typing import Any

import numpy as np
import pytest

from marl_routing.core.batch import Batch
from marl_routing.core.parameters import SWARM
from marl_routing.scenario import compile_scenario
from tests.core.by_hand import AGENTS, ALWAYS, Desk, by_hand, crew, row

MANY = 600
MEAN = 30


def swarm(desk: Desk, helpers: int = 2, number: int = 0) -> None:
    """Agent 0 takes a ticket, and one step later the next agents join."""
    desk.play((0, "accept", number))
    desk.play(*((a, "swarm", 0) for a in range(1, 1 + helpers)))


def steps_together(agents: int) -> np.ndarray[Any, Any]:
    """Steps from joining to the end, of memoryless work that so many equal agents do."""
    service = {
        "law": "memoryless",
        "mean_minutes": MEAN,
        "speed": {"at_0": 1, "at_1": 1},
    }
    ticket = row(0) | {"work_minutes": None}
    batch = Batch(compile_scenario(by_hand(ticket, service=service)), MANY, autoreset=False)
    batch.reset(5)
    joint = np.zeros((2, MANY, AGENTS), np.int32)
    joint[0, :, 0] = 1
    joint[1, :, 1:agents] = batch.rules.desk[0]["verb_at"][SWARM]
    for actions in joint:
        still_there = batch.states["num_open"] > 0
        batch.step(actions)
    steps = np.ones(MANY)
    for _ in range(400):
        steps += batch.states["num_open"] > 0
        batch.step(np.zeros((MANY, AGENTS), np.int32))
    assert not batch.states["num_open"].any()
    assert (batch.states["swarms"][still_there] == agents - 1).all()
    return steps[still_there]


@pytest.mark.parametrize("agents", [1, 2, 3, 5])
def test_equal_agents_finish_so_many_times_as_fast(agents: int) -> None:
    steps = steps_together(agents)
    expected = MEAN / agents
    error = np.sqrt(expected * (expected - 1) / len(steps))  # geometric
    assert abs(steps.mean() - expected) < 3 * error


def test_speeds_add_up() -> None:
    """12 minutes: one alone, then three agents at speeds 1, 1 and 0.75; eleven are left."""
    desk = Desk(row(0, work=12), agents=crew({2: 0.5}))
    swarm(desk)
    assert desk.ticket(0)["work"] == 11 - 2.75
    desk.run(3)
    assert not desk.is_open(0)
    assert desk.clock == 5
    assert desk.metrics["resolved_by_agent"][:3] == [1, 0, 0]


def test_helpers_are_busy_until_it_is_done() -> None:
    desk = Desk(row(0, work=12), row(0, work=9, category=1))
    swarm(desk)
    assert [desk.helps(a) for a in range(4)] == [False, True, True, False]
    assert desk.batch.view().idle[0].tolist() == [False] * 3 + [True] * 7
    assert desk.term("idle_with_backlog") == [0, 0, 0] + [1] * 7
    fields = [name for name, _, _ in desk.batch.observation_fields()]
    assert desk.batch.observations[0, :4, fields.index("helping")].tolist() == [0, 1, 1, 0]
    assert desk.batch.observations[0, :4, fields.index("working")].tolist() == [1, 1, 1, 0]
    desk.run_until_resolved(0)
    assert not desk.batch.states["helping"].max() >= 0
    assert desk.batch.view().idle[0].all()
    occupancy = desk.metrics["occupancy_by_agent"]
    assert occupancy[:4] == [1, pytest.approx(1 - 1 / desk.clock), occupancy[1], 0]


def test_a_helper_leaves_when_asked_or_when_it_takes_work_of_its_own() -> None:
    desk = Desk(row(0, work=100), row(0, work=100, category=1))
    swarm(desk)
    before = desk.ticket(0)["work"]
    desk.play((1, "release"), (2, "accept", 1))
    assert [desk.helps(a) for a in (1, 2)] == [False, False]
    assert desk.ticket(0)["work"] == before - 1
    assert desk.metrics["released"] == 0
    assert desk.metrics["term_operation"] == 2 * 3 + 5


def test_helpers_leave_what_is_pending() -> None:
    desk = Desk(row(0, work=100))
    swarm(desk)
    desk.play((0, "request_info"))
    assert not any(desk.helps(a) for a in range(AGENTS))
    assert not desk.may(1, "swarm", 0)
    work = desk.ticket(0)["work"]
    desk.run_until_back(0)
    assert desk.ticket(0)["work"] == work / 2
    assert not any(desk.helps(a) for a in range(AGENTS))


def test_who_joins_too_late_pays_and_helps_nobody() -> None:
    desk = Desk(row(0, work=100))
    desk.play((0, "accept", 0))
    desk.play((0, "release"), (1, "swarm", 0))
    assert not desk.helps(1)
    assert desk.term("operation")[:2] == [5, 3]
    assert desk.metrics["swarms"] == 0


def test_help_is_lost_while_the_holder_turns_to_the_ticket() -> None:
    """Four steps of turning for the holder, none for the helper, whose speed does nothing then."""
    desk = Desk(row(0, work=1, category=1), row(0, work=9), service__switch_minutes=4)
    desk.play((0, "accept", 0))
    desk.play((0, "accept", 1))
    desk.play((1, "swarm", 0))
    desk.run(2)
    assert desk.helps(1)
    assert desk.ticket(1)["work"] == 9
    desk.run(1)
    assert desk.ticket(1)["work"] == 7
    assert desk.metrics["context_switches"] == 1


def test_a_helper_turns_to_the_ticket_too() -> None:
    desk = Desk(row(0, work=1, category=1), row(0, work=19), service__switch_minutes=4)
    desk.play((1, "accept", 0), (0, "accept", 1))
    desk.play((1, "swarm", 0))
    desk.run(3)
    assert desk.ticket(1)["work"] == 19 - 5
    assert desk.metrics["context_switches"] == 1
    desk.run(1)
    assert desk.ticket(1)["work"] == 19 - 7


def test_nobody_works_or_helps_off_shift() -> None:
    """Agent 1 goes at 09:04, agent 0, whose ticket it is, at 09:08."""
    shifts = {a: {**ALWAYS, "ends": end} for a, end in ((0, "09:08"), (1, "09:04"))}
    desk = Desk(row(0, work=100), agents=crew(shifts=shifts))
    swarm(desk)
    left = []
    while desk.clock < 12:
        left.append(100 - desk.ticket(0)["work"])
        desk.play()
    # One alone, two steps of three, then agents 0 and 2 until nobody may.
    assert left == [4, 7, 10, 12, 14, 16, 18, 18, 18, 18]
    assert not desk.helps(2)
    assert not desk.may(3, "swarm", 0)
    for agent in (0, 1):
        assert desk.batch.action_masks[0, agent].sum() == 1
    desk.play((0, "release"), (1, "swarm", 0))
    assert desk.metrics["illegal_actions"] == 2
