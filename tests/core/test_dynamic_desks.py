"""Any dynamic desk: nothing is lost, masks tell the truth, and a seed is an episode."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marl_routing import DeskBatch
from marl_routing.core.batch import Batch
from marl_routing.scenario import Scenario, compile_scenario, load_scenario
from tests.core.desks import (
    any_actions,
    assert_conserved,
    assert_masks_are_true,
    assert_within_bounds,
    legal_actions,
)
from tests.core.dynamic_facts import (
    assert_deadlines_moved_as_they_may,
    assert_facts,
    assert_the_resting_rest,
)
from tests.core.shift_variants import SHIFTS

DYNAMIC = ["everything_on", "incident_storm", "engineering_triage"]
ARRAYS = ("states", "observations", "action_masks", "rewards", "truncations")
SHORT: dict[str, Any] = {"time.horizon_steps": 60, "service.mean_minutes": 8}

share = st.floats(0, 1)


@st.composite
def dynamic_desks(draw: Any) -> Scenario:
    """Scenarios of any verbs' and incidents' numbers that share the code of `everything_on`."""
    law = draw(st.sampled_from(["memoryless", "deterministic", "lognormal"]))
    service: dict[str, Any] = {"law": law, "mean_minutes": draw(st.floats(2, 30))}
    if law == "lognormal":
        service["cv"] = draw(st.floats(0.1, 2))
    sooner = st.lists(st.one_of(st.none(), st.integers(1, 60)), min_size=4, max_size=4)
    minutes = st.one_of(st.none(), st.floats(3, 100))
    return load_scenario(
        "everything_on",
        **{
            "time.horizon_steps": draw(st.integers(20, 70)),
            "arrivals.load": draw(st.floats(0, 3)),
            "arrivals.initial_backlog": draw(st.integers(0, 128)),
            "service": service
            | {
                "speed": {"at_0": draw(st.sampled_from([0.0, 0.4])), "at_1": 1.0},
                "switch_minutes": draw(st.sampled_from([0, 0.5, 3])),
                "concurrency_slowdown": draw(st.sampled_from([0, 0.3])),
                "learning": {"per_ticket": draw(st.sampled_from([0.05, 1]))},
            },
            "agents.concurrency": draw(st.integers(1, 3)),
            "agents.shifts": SHIFTS,
            "agents.absence": draw(st.sampled_from([0, 0.2])),
            "agents.end_of_shift": draw(st.sampled_from(["keep", "hand_over", "requeue"])),
            "queue.order": draw(st.sampled_from(["fifo", "deadline"])),
            "queue.max_open_tickets": draw(st.integers(65, 128)),
            "queue.max_per_category": draw(st.one_of(st.none(), st.integers(1, 30))),
            "sla": {
                "first_response_minutes": draw(sooner),
                "resolution_minutes": [draw(st.integers(1, 60)), *draw(sooner)[1:]],
                "clock": draw(st.sampled_from(["always", "business"])),
                "pauses_while_pending": draw(st.booleans()),
            },
            "patience": {
                "mean_minutes_by_priority": draw(st.lists(minutes, min_size=4, max_size=4))
            },
            "incidents": {
                "regression": {"probability": draw(share), "growth": draw(st.floats(0.1, 1))},
                "block": {"probability": draw(share), "mean_minutes": draw(st.floats(1, 30))},
                "dependency": {"probability": draw(share), "within": draw(st.integers(1, 64))},
                "reopen": {
                    "probability": draw(share),
                    "mean_minutes": draw(st.floats(1, 20)),
                    "work_share": draw(st.floats(0.1, 1)),
                    "at_most": draw(st.integers(1, 4)),
                },
            },
            "protocol.verbs": {
                "escalate": {},
                "defer": {
                    "minutes": draw(st.integers(1, 40)),
                    "at_most": draw(st.integers(1, 3)),
                },
                "swarm": {},
                "request_info": {
                    "mean_minutes": draw(st.floats(1, 20)),
                    "shrink": draw(st.floats(0, 0.9)),
                },
                "release": {"work": draw(st.sampled_from(["kept", "lost"]))},
                "transfer": {},
                "reassign": {},
            },
            "protocol.arbitration": draw(
                st.sampled_from(["expertise", "least_loaded", "longest_idle", "random"])
            ),
            "protocol.on_conflict": draw(st.sampled_from(["lose", "next_of_category"])),
            "exact": True,
        },
    )


def assert_all_is_well(batch: Batch) -> None:
    assert_conserved(batch)
    assert_masks_are_true(batch)
    assert_within_bounds(batch)
    assert_facts(batch)


@settings(max_examples=25)
@given(dynamic_desks(), st.integers(0, 2**64 - 1))
def test_any_desk_keeps_the_rules(scenario: Scenario, seed: int) -> None:
    batch, rng = Batch(compile_scenario(scenario), 2), np.random.default_rng(0)
    horizon = scenario.time.horizon_steps
    defer_steps = int(batch.rules.desk[0]["defer_steps"])
    batch.reset(seed)
    assert_all_is_well(batch)
    for step in range(1, horizon + 4):
        before = batch.snapshot()
        batch.step(any_actions(batch, rng))
        assert_all_is_well(batch)
        if step == horizon:
            continue
        for was, now in zip(before, batch.states, strict=True):
            assert_the_resting_rest(was, now)
            assert_deadlines_moved_as_they_may(was, now, defer_steps)


@pytest.mark.parametrize("name", DYNAMIC)
def test_shipped_desks_keep_the_rules(name: str) -> None:
    batch, rng = DeskBatch(name, 2), np.random.default_rng(0)
    batch.reset(8)
    for step in range(batch.scenario.time.horizon_steps - 1):
        before = batch.snapshot() if step % 5 == 0 else None
        batch.step(any_actions(batch, rng))
        if before is not None:
            assert_all_is_well(batch)
            for was, now in zip(before, batch.states, strict=True):
                assert_the_resting_rest(was, now)
    assert batch.states["dropped" if name == "engineering_triage" else "resolved"].min() > 0


def test_a_masked_episode_has_no_illegal_action() -> None:
    batch, rng = DeskBatch("everything_on", 4), np.random.default_rng(0)
    batch.reset(2)
    for _ in range(200):
        batch.step(legal_actions(batch, rng))
    assert (batch.states["illegal_actions"] == 0).all()
    for counter in ("escalated", "deferred", "swarms", "info_requests", "released", "transferred"):
        assert (batch.states[counter] > 0).all(), counter


def moment(batch: Batch, env: int = 0) -> tuple[bytes, ...]:
    return tuple(getattr(batch, name)[env].tobytes() for name in ARRAYS)


def in_the_thick_of_it(batch: Batch, rng: np.random.Generator) -> None:
    """Play until desk 0 has everything at once: pending, returning, helping."""
    batch.reset(3)
    for _ in range(400):
        state = batch.states[0]
        some_are_pending = state["num_away"] > state["num_returning"] > 0
        if some_are_pending and (state["helping"] >= 0).any():
            return
        batch.step(any_actions(batch, rng))
    raise AssertionError("nothing was on the way")


def test_going_back_is_exact_in_the_thick_of_it() -> None:
    batch, rng = DeskBatch("everything_on", 2), np.random.default_rng(1)
    in_the_thick_of_it(batch, rng)
    snapshot, shown = batch.snapshot(), [batch.observations.copy(), batch.action_masks.copy()]
    moves, ends = [], []
    for _ in range(60):
        moves.append(any_actions(batch, rng))
        batch.step(moves[-1])
    ends.append((moment(batch, 0), moment(batch, 1)))
    other = DeskBatch("everything_on", 2)
    for desk in (batch, other):
        desk.restore(snapshot)
        np.testing.assert_array_equal(desk.observations, shown[0])
        np.testing.assert_array_equal(desk.action_masks, shown[1])
        for row in moves:
            desk.step(row)
        ends.append((moment(desk, 0), moment(desk, 1)))
    assert ends[0] == ends[1] == ends[2]


def short(num_envs: int = 1, **options: Any) -> Batch:
    return Batch(compile_scenario(load_scenario("everything_on", **SHORT)), num_envs, **options)


def test_alone_or_in_a_batch_on_threads() -> None:
    """Over the end of an episode."""
    batch, rng = short(6, num_threads=2), np.random.default_rng(2)
    alone = [short() for _ in range(6)]
    batch.reset(11)
    for env, desk in enumerate(alone):
        desk.reset(11 + env)
    for _ in range(75):
        actions = any_actions(batch, rng)
        batch.step(actions)
        for env, desk in enumerate(alone):
            desk.step(actions[env : env + 1])
            assert moment(desk) == moment(batch, env)


def test_an_episode_leaves_nothing_behind() -> None:
    """Whatever was learnt, pending, helping or on its way back at the end of the first."""
    one, other, fresh = (short(2) for _ in range(3))
    rng = np.random.default_rng(4)
    for batch in (one, other):
        batch.reset(5)
        for _ in range(60):
            batch.step(any_actions(batch, rng))
    fresh.reset(5)
    fresh.reset()
    for step in range(60):
        actions = any_actions(fresh, rng)
        for batch in (one, other):
            for name in ARRAYS[: 5 if step else 3]:  # what was paid last belongs to the first
                np.testing.assert_array_equal(getattr(batch, name), getattr(fresh, name))
        for batch in (one, other, fresh):
            batch.step(actions)
    np.testing.assert_equal(one.final_metrics, fresh.final_metrics)
    np.testing.assert_equal(other.final_metrics, fresh.final_metrics)
