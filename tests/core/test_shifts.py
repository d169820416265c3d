"""Shifts, breaks and days off: who is away does nothing, and no ticket is lost."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from marl_routing.core.batch import Batch
from marl_routing.core.events import EVENTS
from marl_routing.core.record import QUEUED
from marl_routing.scenario import compile_scenario, load_scenario
from tests.core.shift_variants import SHIFTS, in_shifts
from tests.core.variants import IMPATIENT, UNEVEN
from tests.oracle.records import open_indices

BY_DAY = {"days": ["monday"], "starts": "09:00", "ends": "17:00"}
TRACE = [
    {"time_minutes": 0, "category": category, "priority": "low"}
    for category in ("technical", "billing", "technical")
]


def by_hand(ada: dict[str, Any], end_of_shift: str, horizon: int = 30, room: int = 10) -> Batch:
    """Ada comes and goes, Ben, who has `room`, does not; ten minutes a ticket, two for a switch."""
    scenario = {
        "name": "by_hand",
        "time": {"horizon_steps": horizon},
        "categories": ["technical", "billing"],
        "priorities": ["high", "low"],
        "arrivals": {"process": "trace", "trace": TRACE},
        "service": {"law": "deterministic", "mean_minutes": 10, "switch_minutes": 2},
        "agents": {
            "team": [
                {"name": "Ada", "expertise": [1, 1], "shift": BY_DAY | ada},
                {"name": "Ben", "expertise": [1, 1], "capacity": room},
            ],
            "end_of_shift": end_of_shift,
        },
        "sla": {"resolution_minutes": [None, 7]},
        "reward": {"sharing": 0, "weights": {"accept_base": 1, "waiting": 0}},
    }
    batch = Batch(compile_scenario(load_scenario(scenario)), autoreset=False)
    batch.reset(0)
    return batch


def play(batch: Batch, *joint: tuple[int, int]) -> None:
    for actions in joint:
        batch.step(np.array([actions], np.int32))


def run_to(batch: Batch, clock: int) -> None:
    while batch.states[0]["step"] < clock:
        play(batch, (0, 0))


def numbers_held(batch: Batch) -> list[list[int]]:
    state = batch.states[0]
    rows = zip(state["held"], state["held_count"], strict=True)
    return [state["tickets"]["number"][held[:count]].tolist() for held, count in rows]


def test_keep_rests_over_a_break() -> None:
    pause = {"breaks": [{"starts": "09:05", "ends": "09:08"}]}
    batch = by_hand(pause, "keep", horizon=13)
    play(batch, (1, 0))
    run_to(batch, 5)
    assert batch.states[0]["on_shift"].tolist() == [0, 1]
    assert batch.action_masks[0].tolist()[0] == [1, 0, 0, 0, 0]
    play(batch, (3, 0))  # nobody accepts in a break
    assert batch.metrics()["illegal_actions"] == 1
    run_to(batch, 7)
    # Hers is hers though she is away; the two in the queue are everybody's.
    assert batch.terms()["sla_breach"][0].tolist() == [1 + 1, 1]
    assert batch.terms()["idle_with_backlog"][0].tolist() == [0, 1]
    run_to(batch, 12)
    assert numbers_held(batch) == [[0], []]
    run_to(batch, 13)  # 5 steps before the break and 5 after it
    metrics = batch.metrics()
    assert metrics["resolved_by_agent"] == [1, 0]
    assert metrics["context_switches"] == metrics["handed_over"] == metrics["requeued"] == 0
    assert metrics["occupancy_by_agent"] == [1, 0]
    assert batch.headline()["occupancy"] == pytest.approx(10 / (10 + 13))


def test_hand_over_is_begun_anew_with_its_work_kept() -> None:
    batch = by_hand({"ends": "09:05"}, "hand_over")
    play(batch, (1, 3))
    run_to(batch, 5)
    assert numbers_held(batch) == [[], [1, 0]]
    run_to(batch, 10)
    assert numbers_held(batch) == [[], [0]]
    assert batch.metrics()["context_switches"] == 0
    run_to(batch, 16)  # two steps to turn to it, then 5 of its 10 are left
    assert numbers_held(batch) == [[], [0]]
    assert batch.metrics()["context_switches"] == 1
    run_to(batch, 17)
    metrics = batch.metrics()
    assert metrics["resolved_by_agent"] == [0, 2]
    assert metrics["handed_over"] == 1
    assert metrics["term_accept_base"] == 2
    assert metrics["occupancy_by_agent"] == pytest.approx([1, 1])


def test_requeue_returns_to_its_place_and_pays_once() -> None:
    batch = by_hand({"ends": "09:05"}, "requeue")
    play(batch, (1, 0))
    assert batch.terms()["accept_base"][0].tolist() == [1, 0]
    run_to(batch, 5)
    view = batch.view()
    assert view.number[0].tolist() == [0, 2, 1, -1]
    assert numbers_held(batch) == [[], []]
    play(batch, (0, 1))
    assert batch.terms()["accept_base"][0].tolist() == [0, 0]
    assert batch.states[0]["accepts"] == 2
    run_to(batch, 10)
    metrics = batch.metrics()
    assert metrics["resolved_by_agent"] == [0, 1]
    assert metrics["requeued"] == 1
    assert metrics["wait_to_accept_minutes"] == 0  # the first accept is what is measured
    assert metrics["term_accept_base"] == 1


def test_a_full_colleague_takes_nothing_over() -> None:
    batch = by_hand({"ends": "09:05"}, "hand_over", room=1)
    play(batch, (1, 3))
    run_to(batch, 5)
    assert numbers_held(batch) == [[], [1]]
    assert batch.metrics()["requeued"] == 1


def test_occupancy_of_who_is_never_there() -> None:
    batch = by_hand({"days": ["sunday"]}, "keep")
    play(batch, (1, 1))
    run_to(batch, 30)
    ada, ben = batch.metrics()["occupancy_by_agent"]
    assert np.isnan(ada)
    assert ben == batch.metrics()["occupancy"] == batch.headline()["occupancy"] == 10 / 30


def wild(rng: np.random.Generator, masks: NDArray[np.int8]) -> NDArray[np.int32]:
    """(N, A): legal actions, and now and then any."""
    legal = (rng.random(masks.shape) * masks).argmax(axis=-1)
    anything = rng.integers(0, masks.shape[-1], legal.shape)
    chosen: NDArray[np.int32] = np.where(rng.random(legal.shape) < 0.1, anything, legal).astype(
        "i4"
    )
    return chosen


def assert_nothing_is_lost(state: Any) -> None:
    """Every open ticket stands once, where it says that it is."""
    indices = open_indices(state)
    assert len(indices) == len(set(indices)) == state["num_open"]
    assert len(indices) == state["num_queued"] + state["held_count"].sum()
    holders = state["tickets"]["holder"]
    assert (holders[indices] == QUEUED).sum() == state["num_queued"]
    for agent, count in enumerate(state["held_count"]):
        assert (holders[state["held"][agent, :count]] == agent).all()
    left = state["resolved"] + state["abandoned"] + state["dropped"]
    assert state["arrivals"] + state["initial"] == left + state["num_open"]


def assert_who_was_away_did_nothing(before: Any, after: Any) -> None:
    for agent in np.flatnonzero(before["on_shift"] == 0):
        assert not after["won"][agent]
        indices = before["held"][agent, : before["held_count"][agent]]
        was, now = before["tickets"][indices], after["tickets"][indices]
        same = now["number"] == was["number"]  # else it gave up, and another took its place
        assert (was["served"][~same] == 0).all()
        assert (was["served"][same] == now["served"][same]).all()
        assert (was["work"][same] == now["work"][same]).all()


@pytest.mark.parametrize("end_of_shift", ["keep", "hand_over", "requeue"])
def test_states_of_whole_episodes(end_of_shift: str) -> None:
    changes = in_shifts(end_of_shift, **IMPATIENT, **{"agents.absence": 0.1})
    batch = Batch(compile_scenario(load_scenario("saas_balanced", **changes)), 8, autoreset=False)
    batch.reset(5)
    rng = np.random.default_rng(5)
    while not batch.truncations.any():
        away = batch.states["on_shift"] == 0
        assert (batch.action_masks[away].sum(axis=1) == 1).all()
        before = batch.snapshot()
        batch.step(wild(rng, batch.action_masks))
        for was, now in zip(before, batch.states, strict=True):
            assert_who_was_away_did_nothing(was, now)
            assert_nothing_is_lost(now)
            if end_of_shift != "keep":
                assert not now["held_count"][now["on_shift"] == 0].any()
    assert (batch.states["handed_over"].sum() > 0) == (end_of_shift == "hand_over")
    assert (batch.states["requeued"].sum() > 0) == (end_of_shift != "keep")


def test_events_name_only_who_is_there() -> None:
    # They are soon full, so that some tickets find no heir.
    team = [agent | {"capacity": 4 if a else 10} for a, agent in enumerate(UNEVEN)]
    agents = {"team": team, "shifts": SHIFTS, "end_of_shift": "hand_over"}
    changes = in_shifts("hand_over", agents=agents)
    parameters = compile_scenario(load_scenario("saas_balanced", **changes))
    batch = Batch(parameters, autoreset=False, record=True)
    batch.reset(2)
    rng, there = np.random.default_rng(2), [batch.states[0]["on_shift"].copy()]
    while not batch.truncations.any():
        batch.step(wild(rng, batch.action_masks))
        there.append(batch.states[0]["on_shift"].copy())
    seen = {name: batch.events()[batch.events()["event"] == i] for i, name in enumerate(EVENTS)}
    for event in seen["accepted"]:
        assert there[event["step"]][event["agent"]]
    for name in ("begun", "switched", "first_response", "resolved"):
        for event in seen[name]:  # done in the step that ends at this clock
            assert there[event["step"] - 1][event["agent"]]
    for event in seen["handed_over"]:
        assert there[event["step"]][event["agent"]]
        leaver = int(event["value"])
        assert there[event["step"] - 1][leaver] > there[event["step"]][leaver]
    for event in seen["requeued"]:
        assert there[event["step"] - 1][event["agent"]] > there[event["step"]][event["agent"]]
    metrics = batch.metrics()
    assert metrics["handed_over"] == len(seen["handed_over"]) > 0
    assert metrics["requeued"] == len(seen["requeued"]) > 0
    assert len(seen["accepted"]) > len(np.unique(seen["accepted"]["ticket"]))
    assert metrics["term_accept_base"] == len(np.unique(seen["accepted"]["ticket"]))


def test_days_off() -> None:
    """Each agent is off on a share of its days, and on those from midnight to midnight."""
    absence, days, desks = 0.3, 3, 200
    changes = {
        "agents.absence": absence,
        "time": {"step_minutes": 120, "horizon_steps": 12 * days, "start": {"time": "00:00"}},
        "exact": True,
    }
    batch = Batch(
        compile_scenario(load_scenario("saas_balanced", **changes)), desks, autoreset=False
    )
    batch.reset(0)
    there = [batch.states["on_shift"].copy()]
    for _ in range(12 * days - 1):
        batch.step(np.zeros((desks, batch.num_agents), np.int32))
        there.append(batch.states["on_shift"].copy())
    by_day = np.array(there).reshape(days, 12, desks, batch.num_agents)
    assert (by_day == by_day[:, :1]).all()
    first = by_day[:, 0].astype(bool)
    error = np.sqrt(absence * (1 - absence) / first.size)
    assert 1 - first.mean() == pytest.approx(absence, abs=4 * error)
    both = (~first[0] & ~first[1]).mean()
    assert both == pytest.approx(absence**2, abs=4 * np.sqrt(absence**2 / first[0].size))
    assert (first.mean(axis=(0, 1)) < 1).all()  # everybody is off now and then
