"""A desk of 1,000 agents and 10,000 queued tickets: its books, and that what it searches is short.

The scenario is the one of the benchmark and of docs/performance.md.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.scale import desk
from marl_routing.core.batch import Batch
from marl_routing.scenario import compile_scenario, load_scenario
from tests.core.desks import (
    any_actions,
    assert_conserved,
    assert_masks_are_true,
    assert_within_bounds,
    legal_actions,
)
from tests.core.test_timers_and_queue import window_by_sorting

AGENTS = 1000
STEPS = 24
ROOM = 10  # tickets that an agent can hold
IMPATIENT = {"patience": {"mean_minutes_by_priority": [20, 60, 240, None]}}


def opened(**changes: Any) -> Batch:
    batch = Batch(compile_scenario(desk(AGENTS, **changes)))
    batch.reset(seed=0)
    return batch


@pytest.mark.parametrize(
    "changes",
    [
        {},
        IMPATIENT | {"protocol.arbitration": "longest_idle"},
        {"protocol.arbitration": "least_loaded"},
    ],
    ids=["default", "impatient", "least_loaded"],
)
def test_the_books_of_a_large_desk(changes: dict[str, Any]) -> None:
    batch, rng = opened(**changes), np.random.default_rng(0)
    assert batch.states["num_queued"][0] == 10 * AGENTS
    for step in range(STEPS):
        batch.step(any_actions(batch, rng))
        assert batch.states["slots"][0].tolist() == window_by_sorting(batch, 0)
        if step % 8 == 7:
            assert_conserved(batch)
            assert_masks_are_true(batch)
            assert_within_bounds(batch)
    counts, kpis = batch.counts(), batch.metrics()
    assert counts["initial"] == 10 * AGENTS
    assert counts["arrivals"] > STEPS * 20
    assert counts["resolved"] > STEPS * 5
    assert (counts["abandoned"] > 0) == ("patience" in changes)
    assert 0.0 < kpis["occupancy"] <= 1.0
    assert kpis["resolved"] == counts["resolved"]
    assert kpis["backlog_end"] == counts["open"]
    assert len(kpis["occupancy_by_agent"]) == AGENTS


@pytest.mark.filterwarnings("ignore:.*is smaller than the team")
def test_ranks_of_a_large_desk() -> None:
    """`my_rank` of the idle is 1 / place, each place once, and ties have no favourites."""
    batch, rng = opened(protocol={"arbitration": "random"}), np.random.default_rng(0)
    for _ in range(2):
        batch.step(legal_actions(batch, rng))
    names = [name for name, _, _ in batch.observation_fields()]
    ranks = batch.observations[0][:, names.index("my_rank[0]") : names.index("best_other[0]")]
    idle = batch.view().idle[0]
    assert 100 < idle.sum() < AGENTS
    for slot in range(batch.num_slots):
        places = np.rint(1.0 / ranks[idle, slot])
        np.testing.assert_array_equal(np.sort(places), np.arange(1, idle.sum() + 1))
    first = ranks.argmax(axis=0)
    assert len(set(first.tolist())) > 5


def test_a_dispatcher_of_a_large_desk() -> None:
    """Tickets are offered in the queue's order, until nobody has room for one."""
    # One agent has the room of the other tests' agents: then all share compiled code.
    room = [ROOM] + [1] * (AGENTS - 1)
    team = [{"name": f"agent {a}", "expertise": [1] * 5, "capacity": n} for a, n in enumerate(room)]
    large = desk(AGENTS, **{"arrivals.initial_backlog": sum(room) + 200})
    batch = Batch(compile_scenario(load_scenario(large, agents={"team": team})))
    batch.reset(seed=0)
    queued = window_by_sorting(batch, 0)
    placed = []
    for agent in np.repeat(range(AGENTS), room):
        placed.append(batch.offer())
        batch.place(placed[-1], agent)
    assert placed[: batch.num_slots] == queued
    assert len(set(placed)) == sum(room)
    assert batch.offer() == -1
    assert batch.states["num_queued"][0] == 200
    assert_conserved(batch)


COUNT = """
from benchmarks.scale import desk
from marl_routing.core import queue
from marl_routing.core.batch import Batch
from marl_routing.scenario import compile_scenario, load_scenario
compared = 0
precedes = queue.precedes
def count(*args):
    global compared
    compared += 1
    return precedes(*args)
queue.precedes = count
for agents in (10, 40):
    changes = {"arrivals.initial_backlog": 15 * agents, "queue.max_open_tickets": 50 * agents}
    batch = Batch(compile_scenario(desk(agents, **changes, **{"arrivals.load": 10.0})))
    compared = 0
    batch.reset(seed=0)
    for _ in range(12):
        batch.step(0 * batch.rewards.astype("i4"))
    print(batch.states["num_queued"][0], compared / batch.states["next_number"][0])
"""


def test_joining_the_queue_compares_few_tickets() -> None:
    """However many wait: counted where a process of its own runs the kernels' Python source."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", COUNT],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    (few, at_few), (many, at_many) = [(int(a), float(b)) for a, b in lines]
    assert many > 3 * few > 600
    assert at_few < 4
    assert at_many < 4
