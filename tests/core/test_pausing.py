"""Tickets that wait for their customers: for how long, whose they are, and what the clock does."""

from typing import Any

import numpy as np
import pytest

from marl_routing.core.batch import Batch
from marl_routing.core.operate import OPERATIONS
from marl_routing.core.record import QUEUED
from marl_routing.scenario import compile_scenario
from tests.core.by_hand import AGENTS, ALWAYS, NONE_COMES_BACK, Desk, by_hand, crew, row, verbs

PAUSES = {"sla__pauses_while_pending": True, "sla__clock": "always"}
LONG = {"mean_minutes": 40}
BLOCKS = {"incidents": NONE_COMES_BACK | {"block": {"probability": 1, "mean_minutes": 5}}}


def asked(*rows: Any, **changes: Any) -> Desk:
    """A desk of which agent 0 works on the first ticket and has just asked its customer."""
    desk = Desk(*rows, **changes)
    desk.play((0, "accept", 0))
    desk.play((0, "request_info"))
    assert desk.is_pending(0)
    return desk


def test_an_answer_comes_when_it_is_drawn_and_saves_work() -> None:
    desk = asked(row(0, work=11))
    assert desk.ticket(0)["pending_since"] == 1
    answer = desk.ticket(0)["returns"]
    assert answer > 2
    assert desk.run_until_back(0) == answer
    assert desk.ticket(0)["served"] == 1  # it rested in the step in which it was asked about
    assert desk.ticket(0)["work"] == (11 - 1) * 0.5
    assert desk.run_until_resolved(0) == answer + 5
    assert desk.metrics["pending_minutes"] == answer - 1


def test_a_customer_is_asked_once() -> None:
    desk = asked(row(0))
    desk.run_until_back(0)
    assert desk.held(0) == [0]
    assert not desk.may(0, "request_info")
    desk.play((0, "release"))
    desk.play((1, "accept", 0))
    assert not desk.may(1, "request_info")
    assert desk.metrics["info_requests"] == 1


def test_meanwhile_its_agent_works_on_the_next() -> None:
    """It is held and open, but not in work."""
    desk = asked(row(0), row(0), protocol__verbs=verbs(request_info={"mean_minutes": 100}))
    assert desk.batch.view().idle[0].all()
    desk.play((0, "accept", 1))
    desk.run(3)
    assert desk.held(0) == [0, 1]
    assert (desk.ticket(0)["in_work"], desk.ticket(1)["in_work"]) == (0, 1)
    assert (desk.ticket(0)["served"], desk.ticket(1)["served"]) == (1, 4)
    assert desk.metrics["backlog_end"] == 2
    assert not desk.batch.view().filled.any()
    fields = [name for name, _, _ in desk.batch.observation_fields()]
    assert desk.batch.observations[0, 0, fields.index("resting")] == pytest.approx(1 / 10)


def test_the_oldest_awake_comes_first_again() -> None:
    desk = asked(row(0), row(0, work=200))
    desk.play((0, "accept", 1))
    back = desk.run_until_back(0)
    served = desk.ticket(1)["served"]
    desk.run(2)
    assert desk.ticket(1)["served"] == served == back - 2
    assert desk.ticket(0)["served"] == 3


@pytest.mark.parametrize("end", ["keep", "hand_over", "requeue"])
def test_its_agent_keeps_it_at_the_end_of_a_shift(end: str) -> None:
    early = crew(shifts={0: {**ALWAYS, "ends": "09:03"}}, end_of_shift=end)
    desk = asked(row(0), agents=early, protocol__verbs=verbs(request_info=LONG))
    assert desk.ticket(0)["returns"] > 5
    desk.run(5)
    assert desk.held(0) == [0]
    desk.run_until_back(0)
    desk.run(5)
    assert desk.ticket(0)["served"] == 1  # back, and its agent is not there


def test_patience_goes_on() -> None:
    """A ticket asked about while its agent still turns to it: its customer gives up unanswered."""
    desk = Desk(
        row(0, work=1, category=1, priority=0),
        row(0),
        patience={"mean_minutes_by_priority": [None, 30, 30, 30]},
        service__switch_minutes=100,
        protocol__verbs=verbs(request_info={"mean_minutes": 200}),
    )
    desk.play((0, "accept", 0))
    desk.play((0, "accept", 1))
    desk.play((0, "request_info"))
    ends, answer = desk.ticket(1)["patience_ends"], desk.ticket(1)["returns"]
    assert 5 < ends < answer < 480
    assert desk.run_until_resolved(1) == ends
    assert desk.metrics["abandoned"] == 1
    desk.run(answer - ends)  # nobody answers any more
    assert desk.held(0) == []


def test_the_deadlines_move_by_the_steps_pending() -> None:
    desk = asked(row(0), **PAUSES, protocol__verbs=verbs(request_info=LONG))
    before = (desk.ticket(0)["due"], desk.ticket(0)["original_due"])
    spent = desk.run_until_back(0) - 1
    assert before == (80, 80)
    assert spent > 2
    assert desk.ticket(0)["due"] == desk.ticket(0)["original_due"] == 80 + spent
    assert desk.ticket(0)["paused"] == spent


def test_without_pauses_they_do_not() -> None:
    desk = asked(row(0), sla__pauses_while_pending=False, protocol__verbs=verbs(request_info=LONG))
    desk.run_until_back(0)
    assert desk.ticket(0)["due"] == desk.ticket(0)["original_due"] == 80


@pytest.mark.parametrize("pauses", [True, False])
def test_no_deadline_passes_meanwhile(pauses: bool) -> None:
    soon = {"sla__resolution_minutes": [4] * 4, "sla__clock": "always"}
    long = verbs(request_info={"mean_minutes": 300})
    desk = asked(row(0), **soon, sla__pauses_while_pending=pauses, protocol__verbs=long)
    assert desk.ticket(0)["returns"] > 10
    desk.run(8)
    late = not pauses
    assert desk.metrics["term_sla_breach"] == desk.metrics["breaches"] == late
    assert desk.metrics["sla_resolution"] == 0 if late else np.isnan(desk.metrics["sla_resolution"])
    desk.run_until_back(0)
    due = desk.ticket(0)["due"]
    assert due == (4 if late else desk.clock + 3)
    while not late and desk.clock < due:
        assert desk.metrics["breaches"] == 0
        desk.play()
    assert desk.metrics["term_sla_breach"] == desk.metrics["breaches"] == 1


def test_a_business_clock_pauses_only_while_it_runs() -> None:
    """Steps of five minutes from 16:00 on; the desk closes at clock 12 and opens at clock 192."""
    desk = asked(
        row(0, work=100),
        row(0),
        time={
            "step_minutes": 5,
            "horizon_steps": 480,
            "start": {"time": "16:00"},
            "business_hours": {"opens": "08:00", "closes": "17:00"},
        },
        sla={"resolution_minutes": [30] * 4, "clock": "business", "pauses_while_pending": True},
        protocol__verbs=verbs(request_info={"mean_minutes": 600}),
    )
    assert 12 < desk.ticket(0)["returns"] < 192
    assert desk.ticket(0)["due"] == 6
    desk.run_until_back(0)
    assert desk.ticket(0)["paused"] == 12 - 1
    assert desk.ticket(0)["due"] == 192 + (6 + 11 - 12)
    assert desk.ticket(1)["due"] == 6
    assert desk.metrics["breaches"] == 1


def test_a_block_is_a_pending_that_nobody_asked_for() -> None:
    """With probability 1 after every step of service, and never a step sooner done by it."""
    desk = Desk(row(0, work=3), **BLOCKS)
    desk.play((0, "accept", 0))
    assert desk.is_pending(0)
    assert desk.ticket(0)["pending_since"] == 1
    for served in (1, 2):
        assert desk.ticket(0)["served"] == served
        desk.run_until_back(0)
        assert desk.ticket(0)["work"] == 3 - served
        desk.run(1)
    assert not desk.is_open(0)
    assert desk.metrics["blocks"] == 2
    assert desk.metrics["info_requests"] == desk.metrics["term_operation"] == 0


def test_a_deadline_that_a_pause_ends_at_is_missed_then() -> None:
    """It blocks at the clock of its deadline, which moves to the clock at which it is back."""
    desk = Desk(row(0), **BLOCKS, **PAUSES, sla__resolution_minutes=[1] * 4)
    desk.play((0, "accept", 0))
    assert (desk.ticket(0)["due"], desk.ticket(0)["pending_since"]) == (1, 1)
    desk.run(desk.ticket(0)["returns"] - 2)
    assert desk.metrics["term_sla_breach"] == 0
    desk.run(1)
    assert desk.ticket(0)["due"] == desk.clock
    assert desk.ticket(0)["breached"]
    assert desk.metrics["term_sla_breach"] == desk.metrics["breaches"] == 1


def test_what_was_asked_about_never_blocks() -> None:
    desk = Desk(row(0, work=6), **BLOCKS)
    desk.play((0, "accept", 0))
    desk.run_until_back(0)
    desk.play((0, "request_info"))
    back = desk.run_until_back(0)
    assert desk.ticket(0)["work"] == 5 * 0.5
    assert desk.metrics["blocks"] == 1
    desk.run(2)
    assert desk.metrics["blocks"] == 1
    assert desk.clock == back + 2


MANY = 100


def pendings(mean: float, block: bool) -> tuple[np.ndarray[Any, Any], list[dict[str, Any]]]:
    """The lengths of many pendings of equal mean, in steps, and the KPIs of the desks."""
    work = {"service": {"law": "memoryless", "mean_minutes": 50, "speed": {"at_0": 1, "at_1": 1}}}
    incidents = {"block": {"probability": 1, "mean_minutes": mean}}
    scenario = by_hand(
        *({**row(0, category=n % 5), "work_minutes": None} for n in range(AGENTS)),
        **work,
        incidents=NONE_COMES_BACK | (incidents if block else {}),
        protocol__verbs=verbs(request_info={"mean_minutes": mean}),
    )
    batch = Batch(compile_scenario(scenario), MANY, autoreset=False)
    batch.reset(3)
    ask = int(batch.rules.desk[0]["verb_at"][3])
    lengths = []
    for _ in range(200):
        slots = 1 + np.arange(AGENTS)
        actions = np.where(np.diagonal(batch.action_masks[:, :, 1:11], axis1=1, axis2=2), slots, 0)
        if not block:
            actions = np.where(batch.action_masks[:, :, ask] != 0, ask, actions)
        before = batch.states["life"]["pendings"].copy()
        batch.step(actions.astype(np.int32))
        life = batch.states["life"]
        begun = life["pendings"] > before
        lengths.append((life["returns"] - life["pending_since"])[begun])
    assert (batch.states["tickets"]["holder"] >= QUEUED).any()
    return np.concatenate(lengths), [batch.metrics(env) for env in range(MANY)]


@pytest.mark.parametrize("block", [False, True], ids=["request_info", "block"])
def test_the_mean_time_pending_is_the_one_set(block: bool) -> None:
    mean = 8.0
    lengths, metrics = pendings(mean, block)
    assert len(lengths) > 500
    error = np.sqrt(mean * (mean - 1) / len(lengths))  # geometric
    assert abs(lengths.mean() - mean) < 3 * error
    assert lengths.std() == pytest.approx(np.sqrt(mean * (mean - 1)), rel=0.15)
    name, other = ("blocks", "info_requests") if block else ("info_requests", "blocks")
    assert sum(kpis[name] for kpis in metrics) == len(lengths)
    assert sum(kpis[other] for kpis in metrics) == 0
    total = sum(kpis["pending_minutes"] * kpis[name] for kpis in metrics if kpis[name])
    assert total == pytest.approx(lengths.sum())


def test_escalating_a_paused_ticket_makes_no_deadline_later() -> None:
    """Its deadline is older than the clock, which stands for it; the pause moves it only then."""
    soon = {"sla": {"resolution_minutes": [8, 9, 10, 11], "pauses_while_pending": True}}
    long = verbs(request_info={"mean_minutes": 100})
    came_back = []
    for escalates in (False, True):
        desk = asked(row(0), **soon, protocol__verbs=long)
        desk.run(20)
        assert desk.is_pending(0)
        if escalates:
            desk.batch.operate(OPERATIONS.index("escalate"), desk.index(0), 0)
        assert desk.ticket(0)["due"] == (10 if escalates else 11)
        spent = desk.run_until_back(0) - 1
        came_back.append(desk.ticket(0)["due"] - spent)
    assert came_back == [11, 10]
