"""Desks whose Markov chains were solved exactly, reproduced by simulation.

The published numbers stand in `exact_desks.json`. Desks on which agents decide something are in
tests/policies.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from marl_routing.core.batch import Batch
from marl_routing.scenario import Scenario, compile_scenario, load_scenario

DESKS: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("exact_desks.json").read_text(encoding="utf-8")
)["desks"]
WARM_UP, CLOSING, HORIZON = 2000, 7600, 8000
# Desks simulated, so that 3 standard errors of any number are within 2 % of it.
NUM_DESKS = {
    "one_agent_bernoulli": 2560,
    "two_agents": 1792,
    "ten_agents": 832,
    "ten_agents_impatient_customers": 1344,
    "ten_agents_no_queue": 384,
    "two_agents_one_step_of_service": 256,
}
STANDARD_ERRORS, TOLERANCE = 3.0, 0.02

Floats = NDArray[np.float64]


def scenario_of(name: str) -> Scenario:
    desk = DESKS[name]
    agents, minutes = desk["agents"], 1.0 / desk["completion"]
    arrivals: dict[str, Any] = {"process": "poisson", "rate_per_hour": 60.0 * desk["arrivals"]}
    if desk.get("bernoulli"):
        arrivals = {"process": "bernoulli", "probabilities": [desk["arrivals"]]}
    data = {
        "name": name,
        "exact": True,
        "time": {"step_minutes": 1, "horizon_steps": HORIZON, "warm_up_steps": WARM_UP},
        "categories": ["any"],
        "priorities": ["any"],
        # The desk starts about as full as it will be on average, which shortens the warm-up.
        "arrivals": arrivals | {"initial_backlog": round(desk["exact"]["backlog"])},
        "service": {
            "law": "deterministic" if desk.get("deterministic") else "memoryless",
            "minutes": [[minutes]] * agents,
        },
        "agents": {"count": agents, "capacity": 1},
        "queue": {"max_open_tickets": desk.get("max_open_tickets", 128)},
    }
    if "patience" in desk:
        data["patience"] = {"mean_minutes_by_priority": [1.0 / desk["patience"]]}
    return load_scenario(data)


def first_come_first_served(batch: Batch) -> NDArray[np.int32]:
    """Idle agents take the visible tickets in order, one each."""
    free = (batch.action_masks[:, :, 1:] != 0).any(axis=2)
    place = free.cumsum(axis=1) * free
    shown = (batch.states["slots"] >= 0).sum(axis=1, keepdims=True)
    return np.where(place <= shown, place, 0).astype(np.int32)


class Number(NamedTuple):
    """A measured average: of each desk, and over how much of it."""

    values: Floats
    weights: Floats

    @property
    def mean(self) -> float:
        return float(np.average(self.values, weights=self.weights))

    @property
    def error(self) -> float:
        """Standard error of the mean, a ratio of two sums over desks."""
        off = self.weights * (self.values - self.mean)
        return float(off.std(ddof=1) / self.weights.mean() / np.sqrt(len(off)))


def simulate(name: str) -> dict[str, Number]:
    """Measure a desk.

    Times of tickets are those of everybody who came before closing: after it nobody comes, and
    the desks finish what they have, for to leave out the unfinished would leave out long stays.
    """
    scenario = scenario_of(name)
    closed = load_scenario(scenario, arrivals={"process": "poisson", "rate_per_hour": 0.0})
    batch, evening = (
        Batch(compile_scenario(what), NUM_DESKS[name], autoreset=False)
        for what in (scenario, closed)
    )
    batch.reset(seed=1)
    for _ in range(CLOSING):
        batch.step(first_come_first_served(batch))
    evening.restore(batch.snapshot())
    for _ in range(CLOSING, HORIZON):
        evening.step(first_come_first_served(evening))
    return time_averages(batch) | ticket_averages(evening)


def time_averages(batch: Batch) -> dict[str, Number]:
    kpis = [batch.metrics(env) for env in range(batch.num_envs)]
    values = {
        "backlog": [kpi["backlog_mean"] for kpi in kpis],
        "queue": [kpi["queue_mean"] for kpi in kpis],
        "occupancy": [kpi["occupancy"] for kpi in kpis],
    }
    return {name: Number(np.array(row), np.ones(len(row))) for name, row in values.items()}


def ticket_averages(batch: Batch) -> dict[str, Number]:
    states = batch.states
    kpis = [batch.metrics(env) for env in range(batch.num_envs)]
    waits = np.array([kpi["wait_to_accept_minutes"] for kpi in kpis])
    came, dropped = states["kpi_arrivals"], states["kpi_dropped"]
    at_once = states["wait_histogram"][:, 0]
    resolution = states["resolution_by_priority"].sum(axis=1)
    stays = resolution @ np.arange(resolution.shape[1]) + states["abandoned_start_wait"]
    admitted = came - dropped
    return {
        "wait": Number(waits, admitted),
        "abandoned": Number(np.array([kpi["abandonment"] for kpi in kpis]), came),
        "dropped": Number(np.array([kpi["drop_rate"] for kpi in kpis]), came),
        "waited": Number(1.0 - at_once / admitted, admitted),
        "sojourn": Number(stays / admitted, admitted),
    }


@pytest.mark.parametrize("name", DESKS)
def test_simulation_meets_the_exact_values(name: str) -> None:
    numbers = simulate(name)
    for what, exact in DESKS[name]["exact"].items():
        number = numbers[what]
        noise = STANDARD_ERRORS * number.error
        assert noise <= TOLERANCE * exact, f"{what}: too noisy to tell"
        assert abs(number.mean - exact) <= noise + 1e-12, f"{what}: {number.mean}, exact {exact}"
