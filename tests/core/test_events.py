"""The event log: it changes nothing, costs nothing when off, and tells enough for every KPI."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from marl_routing.core.batch import Batch
from marl_routing.core.events import EVENT_ROOM, EVENTS, MEANINGS
from marl_routing.core.operate import OPERATIONS
from marl_routing.scenario import Scenario, compile_scenario, list_scenarios, load_scenario
from tests.core.dynamic_variants import DYNAMICS
from tests.core.replay import Replay
from tests.core.shift_variants import SHIFT_VARIANTS
from tests.core.talk_variants import TALKS
from tests.core.variants import VARIANTS
from tests.oracle.comparison import flat

RECORDED = [
    "expertise_lose",
    "longest_idle_next_of_category",
    "switching_abandoning",
    "concurrent_memoryless",
    "abandoning_by_category",
    "full_desk",
    "full_queues",
    "some_targets",
    "long_steps",
    "trace",
    "bursty",
    "everything",
    *(name for name in SHIFT_VARIANTS if not name.endswith(("rank", "oldest"))),  # own sizes
]
DYNAMIC = [  # of the shape of everything_on
    "all_together",
    "memoryless_work_lost",
    "pauses_of_a_business_clock",
    "pauses_impatient",
    "some_targets",
    "keep_at_the_end_of_a_shift",
    "hand_over_at_the_end_of_a_shift",
    "learning_from_nothing",
    "full_desk",
    "every_ticket_waits",
    "every_ticket_comes_back",
    "always_pending",
    "crowds",
    "warm_up",
]
TALKING = [  # of the shape of the same verbs on support_bfsi
    "all_together",
    "conversations_alone",
    "every_ticket_comes_back",
    "few_who_know_in_shifts",
    "requeue_at_the_end_of_a_shift",
    "impatient",
    "silence_hurts",
    "warm_up",
]
COMPILED = [
    *RECORDED,
    *(f"dynamic {name}" for name in DYNAMIC),
    *(f"talking {name}" for name in TALKING),
    "auction_desk",
    "everything_on",
]
OTHER_SIZES = [  # quicker without the compiler than to be compiled
    "incident_storm",
    "dynamic storm_of_three_incidents",
    "engineering_triage",
    "dynamic triage_of_all_incidents",
    "dynamic market_of_all_incidents",
    "support_mixed",
]
ROOM_LEFT = 12
SEED = 2

Generator = np.random.Generator


def drawn(batch: Batch, generator: Generator) -> NDArray[Any]:
    """What agents that know little do: mostly legal, now and then not; or any bid."""
    masks = batch.action_masks
    if batch.bidding:
        return generator.random(masks[:, :, 1:].shape, np.float32)
    legal = (generator.random(masks.shape) * masks).argmax(axis=2)
    wild = generator.integers(0, masks.shape[2], legal.shape)
    chosen: NDArray[Any] = np.where(generator.random(legal.shape) < 0.05, wild, legal)
    return chosen


def advance(batch: Batch, seed: int, steps: int, operator: bool = False) -> None:
    generator = np.random.default_rng(seed)
    for _ in range(steps):
        if operator:
            operate(batch, generator)
        batch.step(drawn(batch, generator))


def operate(batch: Batch, generator: Generator) -> None:
    """An operator does something to a ticket, mostly possible; queued ones it leaves to agents."""
    tickets = batch.open_tickets()
    masks = batch.operation_masks(tickets)
    queued = batch.states["tickets"]["holder"][0, tickets] < 0
    masks[OPERATIONS.index("assign"), queued] = 0
    possible = np.argwhere(masks if generator.random() < 0.9 else masks == 0)
    if len(possible):
        what, place, agent = generator.choice(possible).tolist()
        if what or not queued[place]:
            batch.operate(what, tickets[place], agent)


def desk(name: str) -> Scenario:
    if name == "auction_desk":
        return load_scenario(name, time__horizon_steps=150, time__warm_up_steps=20)
    if name.startswith("dynamic "):
        source, changes = DYNAMICS[name.removeprefix("dynamic ")]
        return load_scenario(source, **changes)
    if name.startswith("talking "):
        source, changes = TALKS[name.removeprefix("talking ")]
        return load_scenario(source, **changes)
    if name in list_scenarios():
        return load_scenario(name)
    return load_scenario("saas_balanced", **(VARIANTS | SHIFT_VARIANTS)[name])


def recorded(scenario: Scenario, steps: int, seed: int = SEED, operator: bool = False) -> Batch:
    batch = Batch(compile_scenario(scenario), autoreset=False, record=True)
    batch.reset(seed)
    advance(batch, seed, steps, operator)
    return batch


def balanced(steps: int = 60) -> Batch:
    return recorded(load_scenario("saas_balanced"), steps)


def assert_every_kpi_follows(name: str, most_steps: int = 480, operator: bool = False) -> set[str]:
    """The names of the events that told so."""
    scenario, seen = desk(name), set()
    horizon = min(most_steps, scenario.time.horizon_steps)
    for steps in (horizon // 2, horizon):
        batch = recorded(scenario, steps, operator=operator)
        seen |= {EVENTS[event] for event in batch.events()["event"]}
        replayed = flat(Replay(batch.events(), scenario, steps).metrics())
        reported = flat(batch.metrics())
        assert replayed.keys() == reported.keys()
        for kpi, value in reported.items():
            # Rewards are float32, added up once a tick.
            exact = kpi not in ("reward", "reward_per_step")
            expected = pytest.approx(value, rel=1e-9 if exact else 1e-5, nan_ok=True)
            assert replayed[kpi] == expected, kpi
    return seen


@pytest.mark.parametrize("name", COMPILED)
def test_every_kpi_follows_from_the_events(name: str) -> None:
    assert_every_kpi_follows(name)


def without_compiler(root: Path, call: str) -> None:
    """Run one of this module's functions in a Python of its own."""
    code = f"from tests.core import test_events as events; events.{call}"
    command = [sys.executable, "-W", "ignore", "-c", code]
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        command, env=environment, cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def assert_all_follow(names: list[str]) -> None:
    for name in names:
        assert_every_kpi_follows(name, most_steps=120)


def test_every_kpi_follows_on_desks_of_other_sizes(root: Path) -> None:
    without_compiler(root, f"assert_all_follow({OTHER_SIZES})")


def test_every_kpi_follows_where_an_operator_acts(root: Path) -> None:
    without_compiler(root, "assert_an_operator_is_logged()")


def assert_an_operator_is_logged() -> None:
    seen = assert_every_kpi_follows("everything_on", most_steps=120, operator=True)
    assert {"reassigned", "escalated", "deferred", "info_requested", "joined"} <= seen


def test_together_they_tell_of_everything() -> None:
    seen: set[int] = set()
    for name in COMPILED:
        scenario = desk(name)
        seen |= set(recorded(scenario, scenario.time.horizon_steps).events()["event"].tolist())
    seen.add(EVENTS.index("reassigned"))  # only an operator reassigns
    assert seen == set(range(len(EVENTS)))


@pytest.mark.parametrize("name", ["everything", "auction_desk"])
def test_recording_changes_nothing(name: str) -> None:
    """Bit by bit, over the end of an episode."""
    parameters = compile_scenario(desk(name))
    plain, logged = Batch(parameters, num_envs=3), Batch(parameters, num_envs=3, record=True)
    generator = np.random.default_rng(0)
    for batch in (plain, logged):
        batch.reset(8)
    for _ in range(parameters.rules.desk[0]["horizon_steps"] + 20):
        actions = drawn(plain, generator)
        for batch in (plain, logged):
            batch.step(actions)
        for array in ("observations", "action_masks", "rewards", "truncations"):
            assert getattr(plain, array).tobytes() == getattr(logged, array).tobytes()
        np.testing.assert_equal(plain.final_metrics, logged.final_metrics)
    assert plain.final_observations.tobytes() == logged.final_observations.tobytes()
    for field in plain.states.dtype.names:
        np.testing.assert_array_equal(plain.states[field], logged.states[field])


def test_without_a_log_there_is_no_room_for_one() -> None:
    parameters = compile_scenario(load_scenario("saas_balanced"))
    plain, logged = Batch(parameters), Batch(parameters, record=True)
    assert "log" not in plain.states.dtype.names
    assert {*plain.states.dtype.names, "log"} == set(logged.states.dtype.names)
    assert not parameters.sizes.events
    plain.reset(0)
    with pytest.raises(RuntimeError, match="record=True"):
        plain.events()


def test_a_full_log_keeps_what_came_first() -> None:
    whole, batch = balanced().events(), balanced(steps=0)
    begun = len(batch.events())
    batch.states["log"]["count"] = EVENT_ROOM - ROOM_LEFT
    advance(batch, SEED, 60)
    lost = len(whole) - begun - ROOM_LEFT
    with pytest.warns(UserWarning, match=f"{lost} events beyond the first {EVENT_ROOM}"):
        kept = batch.events()
    assert len(kept) == EVENT_ROOM
    np.testing.assert_array_equal(kept[:begun], whole[:begun])
    np.testing.assert_array_equal(kept[-ROOM_LEFT:], whole[begun : begun + ROOM_LEFT])


def test_a_new_episode_begins_a_new_log() -> None:
    batch = balanced()
    before = batch.events()
    batch.reset()
    assert set(batch.events()["step"]) == {0}
    assert set(batch.events()["event"]) == {EVENTS.index("arrived")}
    assert len(before) > len(batch.events())  # a copy: the reset left it alone


def test_a_snapshot_holds_the_log() -> None:
    batch = balanced()
    snapshot, events = batch.snapshot(), batch.events()
    batch.step(drawn(batch, np.random.default_rng(0)))
    assert len(batch.events()) > len(events)
    batch.restore(snapshot)
    np.testing.assert_array_equal(batch.events(), events)


def test_a_dispatcher_is_logged_too() -> None:
    batch = balanced(steps=0)
    index = batch.offer()
    number = int(batch.states[0]["tickets"]["number"][index])
    batch.place(index, agent=3)
    assert batch.events()[-1].tolist() == (0, EVENTS.index("accepted"), number, 3, 0.0)
    batch.place(batch.offer(), agent=-1)
    assert batch.events()[-1].tolist() == (0, EVENTS.index("illegal_action"), -1, -1, 0.0)


def test_every_event_has_a_meaning() -> None:
    assert tuple(MEANINGS) == EVENTS
