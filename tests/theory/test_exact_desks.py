"""Desks whose Markov chains were solved exactly, reproduced by simulation.

The published numbers stand in `exact_desks.json`. Desks on which agents decide something are in
tests/policies.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from marl_routing.core.batch import Batch
from marl_routing.scenario import Scenario, compile_scenario, load_scenario

DESKS: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("exact_desks.json").read_text(encoding="utf-8")
)["desks"]
WARM_UP, HORIZON = 1000, 8000
# Desks simulated, so that 3 standard errors of any number are within 2 % of it.
NUM_DESKS = {
    "one_agent_bernoulli": 1024,
    "two_agents": 512,
    "ten_agents": 192,
    "ten_agents_impatient_customers": 384,
    "ten_agents_no_queue": 96,
    "two_agents_one_step_of_service": 128,
}
STANDARD_ERRORS, TOLERANCE = 3.0, 0.02

Floats = NDArray[np.float64]


def scenario_of(name: str) -> Scenario:
    desk = DESKS[name]
    agents, minutes = desk["agents"], 1.0 / desk["completion"]
    colleagues = max(0, 2 - agents)  # unable to serve: one agent and two share compiled code
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
            "minutes": [[minutes]] * agents + [[0.0]] * colleagues,
        },
        "agents": {"count": agents + colleagues, "capacity": 1},
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


def simulate(name: str) -> dict[str, Floats]:
    """What was measured, one number a desk."""
    batch = Batch(compile_scenario(scenario_of(name)), NUM_DESKS[name], autoreset=False)
    batch.reset(seed=1)
    for _ in range(HORIZON):
        batch.step(first_come_first_served(batch))
    return measured(batch, DESKS[name]["agents"])


def measured(batch: Batch, agents: int) -> dict[str, Floats]:
    states = batch.states
    metrics = [batch.metrics(env) for env in range(batch.num_envs)]
    kpis = {
        "backlog": "backlog_mean",
        "queue": "queue_mean",
        "wait": "wait_to_accept_minutes",
        "abandoned": "abandonment",
        "dropped": "drop_rate",
    }
    numbers = {name: np.array([kpi[key] for kpi in metrics]) for name, key in kpis.items()}
    occupancy = np.array([kpi["occupancy_by_agent"] for kpi in metrics])
    waiting_over = states["kpi_accepted"] + states["abandoned_unaccepted"]
    resolution = states["resolution_by_priority"].sum(axis=1)
    stayed = resolution @ np.arange(resolution.shape[1]) + states["abandoned_start_wait"]
    return numbers | {
        "occupancy": occupancy[:, :agents].mean(axis=1),
        "waited": 1.0 - states["wait_histogram"][:, 0] / waiting_over,
        "sojourn": stayed / (states["kpi_resolved"] + states["kpi_abandoned"]),
    }


@pytest.mark.parametrize("name", DESKS)
def test_simulation_meets_the_exact_values(name: str) -> None:
    numbers = simulate(name)
    print()
    for what, exact in DESKS[name]["exact"].items():
        samples = numbers[what]
        error = samples.std(ddof=1) / np.sqrt(len(samples))
        print(
            f"{what:10} {samples.mean():9.5f} {exact:9.5f} rel {samples.mean() / (exact or 1) - 1:8.4%} z {(samples.mean() - exact) / (error or 1):6.2f} se {error / (exact or 1):.3%}"
        )
        assert STANDARD_ERRORS * error <= TOLERANCE * exact, f"{what}: too noisy to tell"
        off = abs(samples.mean() - exact)
        assert off <= STANDARD_ERRORS * error + 1e-12, f"{what}: {samples.mean()}, exact {exact}"
