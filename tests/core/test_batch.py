"""`Batch`: conservation, masks, autoreset, the dispatcher's calls, and clear errors."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marl_routing import DeskBatch
from marl_routing.core.batch import Batch
from marl_routing.scenario import Scenario, compile_scenario, list_scenarios, load_scenario
from tests.core.desks import (
    any_actions,
    assert_conserved,
    assert_masks_are_true,
    assert_within_bounds,
    desks,
    legal_actions,
    queued_tickets,
)
from tests.oracle.comparison import flat

SHORT = {"time.horizon_steps": 40, "time.warm_up_steps": 0}


def short(
    num_envs: int = 1, autoreset: bool = True, changes: dict[str, Any] | None = None
) -> Batch:
    scenario = load_scenario("saas_balanced", **SHORT | (changes or {}))
    return Batch(compile_scenario(scenario), num_envs, autoreset=autoreset)


@pytest.mark.parametrize("name", list_scenarios())
def test_shipped_desks_lose_no_ticket(name: str) -> None:
    """Whole episodes of wild actions, and a little of the next ones."""
    batch, rng = DeskBatch(name, num_envs=4), np.random.default_rng(0)
    batch.reset(seed=0)
    horizon = batch.scenario.time.horizon_steps
    for step in range(1, horizon + 10):
        batch.step(any_actions(batch, rng))
        assert_conserved(batch)
        assert_masks_are_true(batch)
        assert_within_bounds(batch)
        assert not batch.terminations.any()
        assert (batch.truncations == (step == horizon)).all()
        assert np.isfinite(batch.rewards).all()
    assert (batch.states["step"] == 9).all()
    assert (batch.states["episode"] == 1).all()


@settings(max_examples=40)
@given(desks(), st.integers(0, 2**64 - 1))
def test_any_desk_loses_no_ticket(scenario: Scenario, seed: int) -> None:
    batch, rng = Batch(compile_scenario(scenario), 3), np.random.default_rng(0)
    batch.reset(seed)
    for _ in range(scenario.time.horizon_steps + 3):
        batch.step(any_actions(batch, rng))
        assert_conserved(batch)
        assert_masks_are_true(batch)
        assert_within_bounds(batch)


def test_a_masked_episode_has_no_illegal_action() -> None:
    batch, rng = short(8), np.random.default_rng(0)
    batch.reset(seed=0)
    for _ in range(39):
        batch.step(legal_actions(batch, rng))
    assert (batch.states["illegal_actions"] == 0).all()
    assert batch.states["accepts"].min() > 0


def test_autoreset_keeps_the_end_and_goes_on() -> None:
    """In the step of the truncation: final arrays of the end, ordinary ones of the beginning."""
    batch, rng = short(3), np.random.default_rng(0)
    alone = [short(autoreset=False) for _ in range(3)]
    batch.reset(seed=5)
    for env, desk in enumerate(alone):
        desk.reset(seed=5 + env)
    for step in range(1, 3 * 40 + 1):
        actions = any_actions(batch, rng)
        batch.step(actions)
        for env, desk in enumerate(alone):
            desk.step(actions[env : env + 1])
            np.testing.assert_array_equal(batch.rewards[env], desk.rewards[0])
            if step % 40 == 0:
                assert batch.truncations[env].all()
                np.testing.assert_array_equal(batch.final_observations[env], desk.observations[0])
                np.testing.assert_equal(batch.final_metrics[env], desk.metrics())
                desk.reset()
            else:
                assert batch.final_metrics[env] is None
            np.testing.assert_array_equal(batch.observations[env], desk.observations[0])
            np.testing.assert_array_equal(batch.action_masks[env], desk.action_masks[0])


def test_desks_of_one_batch_may_stand_at_different_clocks() -> None:
    early, late = short(1), short(1)
    for desk, steps in ((early, 10), (late, 39)):
        desk.reset(seed=0)
        for _ in range(steps):
            desk.step(np.zeros((1, 10), np.int32))
    both = short(2)
    both.restore(np.concatenate([early.snapshot(), late.snapshot()]))
    both.step(np.zeros((2, 10), np.int32))
    assert both.truncations[:, 0].tolist() == [False, True]
    assert both.final_metrics[0] is None
    assert both.final_metrics[1] is not None
    assert both.states["step"].tolist() == [11, 0]


def test_headline_and_counts_are_the_metrics() -> None:
    batch, rng = short(2), np.random.default_rng(0)
    batch.reset(seed=0)
    for _ in range(39):
        batch.step(any_actions(batch, rng))
    metrics, counts = batch.metrics(1), batch.counts(1)
    elsewhere = {"open": metrics["backlog_end"], "reopened": 0}
    assert counts == {name: metrics[name] for name in counts.keys() - elsewhere} | elsewhere
    names = {"avg_resolution_time": "resolution_minutes_mean", "sla_attainment": "sla_resolution"}
    names |= {name: name for name in ("occupancy", "arrivals", "resolved", "illegal_actions")}
    headline = batch.headline(1)
    assert all(headline[name] == pytest.approx(metrics[kpi]) for name, kpi in names.items())
    assert headline["backlog"] == metrics["backlog_end"]


def test_kpis_of_an_untouched_desk_are_numbers_or_nan() -> None:
    """Nothing has happened yet, so shares have no denominator; nothing warns or divides."""
    batch = short(changes={"arrivals.initial_backlog": 0})
    batch.reset(seed=0)
    metrics = flat(batch.metrics())
    assert metrics["tickets"] == metrics["reward"] == 0
    assert np.isnan(metrics["resolution_minutes_mean"])
    assert np.isnan(metrics["occupancy"])


def test_one_step_is_an_episode() -> None:
    batch = short(changes={"time.horizon_steps": 1})
    batch.reset(seed=0)
    for episode in range(1, 4):
        batch.step(np.ones((1, 10), np.int32))
        assert batch.truncations.all()
        assert batch.states["step"] == 0
        assert batch.states["episode"] == episode


@pytest.mark.parametrize(
    "actions",
    [
        np.zeros((2, 9), np.int32),
        np.zeros((1, 10), np.int32),
        np.zeros(20, np.int32),
        np.zeros((2, 10)),
        np.zeros((2, 10), np.bool_),
        np.full((2, 10), "1"),
        3,
    ],
    ids=["agents", "desks", "flat", "floats", "flags", "words", "number"],
)
def test_actions_of_another_form_are_refused(actions: Any) -> None:
    batch = short(2)
    batch.reset(seed=0)
    with pytest.raises(ValueError, match=r"actions: expected integers of shape \(2, 10\), got "):
        batch.step(actions)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.int64, np.uint64])
def test_integers_of_any_width_are_one_action(kind: Any) -> None:
    batch, other = short(2), short(2)
    actions = any_actions(batch, np.random.default_rng(0)).clip(0)
    for desks_, given_ in ((batch, actions), (other, actions.astype(kind))):
        desks_.reset(seed=0)
        desks_.step(given_)
    np.testing.assert_array_equal(batch.observations, other.observations)


def test_lists_of_integers_are_actions() -> None:
    batch = short(2)
    batch.reset(seed=0)
    batch.step([[0] * 10, [1] * 10])  # type: ignore[arg-type]
    assert (batch.states["step"] == 1).all()


def test_too_early_and_too_late_are_refused() -> None:
    batch = short(autoreset=False)
    nothing = np.zeros((1, 10), np.int32)
    with pytest.raises(RuntimeError, match="call reset"):
        batch.step(nothing)
    batch.reset(seed=0)
    for _ in range(40):
        batch.step(nothing)
    end = batch.snapshot()
    with pytest.raises(RuntimeError, match=r"horizon: call reset"):
        batch.step(nothing)
    batch.reset()
    batch.step(nothing)
    batch.restore(end)
    with pytest.raises(RuntimeError, match=r"horizon: call reset"):
        batch.step(nothing)


@pytest.mark.parametrize("field", ["num_envs", "num_threads"])
def test_no_desks_or_threads_are_refused(field: str) -> None:
    size: dict[str, Any] = {field: 0}
    with pytest.raises(ValueError, match=f"{field}: expected a whole number of at least 1, got 0"):
        DeskBatch(**size)


def test_only_queued_tickets_can_be_placed_or_held() -> None:
    batch = short()
    batch.reset(seed=0)
    ticket = batch.offer()
    batch.place(ticket, int(batch.parameters.rules.desk[0]["speed"].argmax(axis=0)[0]))
    free = int(np.flatnonzero(~queued_tickets(batch)[0])[0])
    for wrong in (ticket, free, -1, 10**6):
        with pytest.raises(ValueError, match=f"queued ticket, got {wrong}"):
            batch.place(wrong, 0)
        with pytest.raises(ValueError, match=f"queued ticket, got {wrong}"):
            batch.hold(wrong)
    assert_conserved(batch)


def test_offers_end_when_every_ticket_is_decided() -> None:
    batch = short(2)
    batch.reset(seed=0)
    decided = []
    while (ticket := batch.offer(1)) >= 0:
        decided.append(int(batch.states["tickets"]["number"][1, ticket]))
        if len(decided) % 2:
            batch.hold(ticket, 1)
        else:
            batch.place(ticket, len(decided) % 10, 1)
    assert sorted(decided) == list(range(10))
    assert (batch.states["held_count"].sum(axis=1) == [0, 5]).all()
    assert_conserved(batch)
    batch.step(np.zeros((2, 10), np.int32))
    assert batch.offer(1) >= 0  # what was held back is undecided again
    assert batch.states["step"].tolist() == [1, 1]


def test_a_snapshot_of_other_desks_is_refused() -> None:
    batch = short(2)
    batch.reset(seed=0)
    for other in (short(3), DeskBatch("small_desk", num_envs=2)):
        other.reset(seed=0)
        with pytest.raises(
            ValueError, match="snapshot: expected one of as many desks of the same sizes"
        ):
            batch.restore(other.snapshot())


def test_words_for_actions_and_observations() -> None:
    batch = short()
    meanings = batch.action_meanings()
    assert meanings[0] == "pass"
    assert meanings[1] == "accept technical ticket 1"
    assert len(meanings) == len(set(meanings)) == 1 + batch.num_slots
    names = [name for name, _, _ in batch.observation_fields()]
    assert len(names) == len(set(names)) == batch.observations.shape[2]
    queue = {"window": "oldest", "order": "priority"}
    oldest = short(changes={"queue": queue, "observation.peers": "none", "agents.capacity": 2})
    assert oldest.action_meanings()[1] == "accept ticket 1 of the queue"
