"""Desks of two agents that are small enough to be solved: read from a scenario, or refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.parameters import Parameters
from marl_routing.core.record import NEVER
from marl_routing.core.terms import TERMS
from marl_routing.scenario import Scenario, ScenarioError, compile_scenario, load_scenario
from marl_routing.scenario.arrivals import Bernoulli

AGENTS, MOST_CATEGORIES = 2, 3
WHERE = "on a desk that can be solved"
TAIL = 1e-12  # probability of the counts of Poisson arrivals that are left out

Floats = NDArray[np.float64]


class SmallDesk(NamedTuple):
    """A desk as a decision problem sees it.

    Attributes:
        name: the scenario's.
        completion: (A, C) chance that an agent resolves its ticket in a step; 0: cannot serve.
        holding: (C,) cost of an open ticket a step.
        bernoulli: (C,) chance of an arrival in a step, or None.
        counts: (most + 1,) chance of so many arrivals in a step, where `bernoulli` is None.
        mix: (C,) share of each category among them.
        room: (C,) most tickets queued.
        max_open: most tickets queued and held.
    """

    name: str
    completion: Floats
    holding: Floats
    bernoulli: Floats | None
    counts: Floats
    mix: Floats
    room: NDArray[np.int64]
    max_open: int


def small_desk(scenario: str | Path | Scenario) -> SmallDesk:
    """Read a desk, as the core plays it, from a scenario.

    Raises:
        ScenarioError: naming the first field that does not fit a desk that can be solved.
    """
    scenario = load_scenario(scenario)
    for path, fits, expected, given in _demands(scenario):
        if not fits:
            raise ScenarioError(f"{path}: expected {expected} {WHERE}, got {given}")
    parameters = compile_scenario(scenario)
    desk = parameters.rules.desk[0]
    _only_waiting_costs(parameters)
    arriving = desk["bernoulli"] if isinstance(scenario.arrivals, Bernoulli) else None
    cdf = parameters.rules.arrival_cdf[0]
    counts = np.diff(cdf[: int((cdf < 1.0 - TAIL).sum()) + 1], prepend=0.0)
    mix = np.diff(desk["category_cdf"], prepend=0.0)
    cap = int(desk["max_open_tickets"])
    per_category = int(desk["max_per_category"])
    # A category that never arrives needs no room.
    arrives = mix > 0.0 if arriving is None else arriving > 0.0
    return SmallDesk(
        name=scenario.name,
        completion=np.minimum(desk["speed"] * desk["step_minutes"] / desk["mean_minutes"], 1.0),
        holding=-desk["waiting_weights"].astype(np.float64),
        bernoulli=arriving,
        counts=counts / counts.sum(),
        mix=mix,
        room=np.where(arrives, cap if per_category == NEVER else min(per_category, cap), 0),
        max_open=cap,
    )


def _demands(scenario: Scenario) -> Iterator[tuple[str, bool, str, object]]:
    """Path, whether it fits, what is expected there, and what is there."""
    agents, service, protocol = scenario.agents, scenario.service, scenario.protocol
    count, most = len(agents.names), max(agents.capacities)
    yield "agents.count", count == AGENTS, f"{AGENTS} agents", count
    yield "agents.capacity", most == 1, "1 for each agent", most
    away = "shifts" if agents.absence == 0.0 else "absence"
    yield f"agents.{away}", not agents.come_and_go, "none", "some"
    categories = len(scenario.categories)
    yield "categories", categories <= MOST_CATEGORIES, f"{MOST_CATEGORIES} at most", categories
    yield "service.law", service.law == "memoryless", "memoryless", service.law
    switch = service.switch_minutes
    yield "service.switch_minutes", switch == 0.0, "0", switch
    yield "service.learning", service.learning is None, "none", "some"
    yield "customers", scenario.customers is None, "none", "some"
    befalls = scenario.incidents is not None and scenario.incidents.used
    yield "incidents", not befalls, "none", "some"
    yield "protocol.kind", protocol.kind == "accept", "accept", protocol.kind
    yield "protocol.verbs", not scenario.verbs.used, "none", "some"
    yield "patience", scenario.patience is None, "none", "some"
    process, window = scenario.arrivals.process, scenario.queue.window
    steady = process in ("bernoulli", "poisson")
    yield "arrivals.process", steady, "bernoulli or poisson", process
    yield "queue.window", window == "per_category", "per_category", window


def _only_waiting_costs(parameters: Parameters) -> None:
    """Other terms may not be paid; nobody abandons, and what is turned away is not a decision."""
    desk = parameters.rules.desk[0]
    never_paid = {"waiting", "abandoned", "reopened", "payment", "operation"}
    for term, weight in zip(TERMS, desk["weights"], strict=True):
        if weight != 0.0 and term not in never_paid:
            raise ScenarioError(
                f"reward.weights.{term}: expected 0 {WHERE}, where only waiting costs, "
                f"got {weight:g}"
            )
    costs = -desk["waiting_weights"]
    if costs.min() < 0.0 or costs.max() == 0.0:
        raise ScenarioError(
            f"reward.weights.waiting: expected none above 0 and one below {WHERE}, "
            f"got {', '.join(f'{-cost:g}' for cost in costs)}"
        )
