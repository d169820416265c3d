"""Bursty arrivals: mean, clustering, and how long and how often each phase lasts."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from marl_routing.core.batch import Batch
from marl_routing.scenario import compile_scenario, load_scenario

DESKS, STEPS, WINDOW = 400, 240, 20
RATES = (90.0, 6.0, 0.0)  # an hour
MINUTES = (8.0, 24.0, 4.0)
SHARES = np.array(MINUTES) / sum(MINUTES)
PHASES = [
    {"rate_per_hour": rate, "mean_minutes": minutes}
    for rate, minutes in zip(RATES, MINUTES, strict=True)
]
MEAN = float(SHARES @ RATES) / 60  # tickets a minute

Ints = NDArray[np.int32]


def play(arrivals: dict[str, Any]) -> tuple[Ints, Ints]:
    """Phase at each clock (steps + 1, desks), and the arrivals of each step (steps, desks)."""
    changes = {"time.horizon_steps": STEPS + 1, "arrivals": arrivals}
    batch = Batch(compile_scenario(load_scenario("small_desk", **changes)), DESKS)
    batch.reset(5)
    passes = np.zeros((DESKS, batch.num_agents), np.int32)
    phases, arrived = [batch.states["phase"].copy()], [batch.states["arrivals"].copy()]
    for _ in range(STEPS):
        batch.step(passes)
        phases.append(batch.states["phase"].copy())
        arrived.append(batch.states["arrivals"].copy())
    return np.array(phases), np.diff(arrived, axis=0)


@pytest.fixture(scope="module")
def bursty() -> tuple[Ints, Ints]:
    return play({"process": "bursty", "phases": PHASES})


def clustering(arrived: Ints) -> float:
    """Variance over mean of the arrivals of whole windows; 1 for Poisson."""
    counts = arrived.reshape(-1, WINDOW, DESKS).sum(axis=1)
    return float(counts.var() / counts.mean())


def test_mean_rate(bursty: tuple[Ints, Ints]) -> None:
    phases, arrived = bursty
    assert arrived.mean() == pytest.approx(MEAN, rel=0.03)
    for phase, rate in enumerate(RATES):
        within = arrived[phases[1:] == phase]
        assert within.mean() == pytest.approx(rate / 60, rel=0.03)


def test_arrivals_come_in_bursts(bursty: tuple[Ints, Ints]) -> None:
    _, even = play({"process": "poisson", "rate_per_hour": 60 * MEAN})
    assert even.mean() == pytest.approx(MEAN, rel=0.03)
    assert clustering(even) == pytest.approx(1.0, abs=0.06)
    assert clustering(bursty[1]) > 5.0


def test_share_of_time(bursty: tuple[Ints, Ints]) -> None:
    """Also at step 0: a desk begins in its long run."""
    phases, _ = bursty
    shares = [(phases == phase).mean() for phase in range(3)]
    np.testing.assert_allclose(shares, SHARES, atol=0.02)
    at_start = [(phases[0] == phase).mean() for phase in range(3)]
    np.testing.assert_allclose(at_start, SHARES, atol=4 * 0.5 / np.sqrt(DESKS))


def test_sojourns_and_their_order(bursty: tuple[Ints, Ints]) -> None:
    """A phase's mean duration is 1 / (chance of leaving it), and the next one follows it."""
    phases, _ = bursty
    before, after = phases[:-1], phases[1:]
    left = before != after
    assert set((after - before)[left] % 3) == {1}
    for phase, minutes in enumerate(MINUTES):
        assert 1 / left[before == phase].mean() == pytest.approx(minutes, rel=0.05)


def test_nothing_arrives_at_step_0_but_the_backlog() -> None:
    arrivals = {"process": "bursty", "phases": [PHASES[0]] * 2, "initial_backlog": 3}
    batch = Batch(compile_scenario(load_scenario("small_desk", arrivals=arrivals)), DESKS)
    batch.reset(1)
    assert set(batch.states["num_open"]) == {3}
    assert not batch.states["arrivals"].any()
    batch.step(np.zeros((DESKS, batch.num_agents), np.int32))
    assert batch.states["arrivals"].sum() > 0
