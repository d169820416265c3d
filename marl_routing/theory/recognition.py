"""Which scenarios are instances of solved models, and what is known of them."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marl_routing.scenario import Scenario, compile_scenario
from marl_routing.scenario.arrivals import Bernoulli, Poisson
from marl_routing.scenario.demand import category_mix, expected_arrivals, priority_mix
from marl_routing.scenario.tables import work_shape
from marl_routing.scenario.teams import mean_minutes, speeds
from marl_routing.theory.slotted import bernoulli, poisson
from marl_routing.theory.stationary import Array, NotSolvedError


class Facts(NamedTuple):
    """What a scenario says, in steps.

    Attributes:
        arrivals: (M,) probabilities of 0, 1, 2, ... arrivals in a step.
        is_poisson: whether they are a Poisson process.
        agents: n, all alike.
        memoryless: whether service is.
        work: (W,) equally likely amounts of work of a ticket (their mean, if memoryless).
        most_open: K.
        abandonment: probability that a waiting customer gives up in a step.
        mix: share of each priority among arrivals if the queue goes by priority, else (1,).
        priorities: places of these priorities in the scenario's list.
    """

    arrivals: Array
    is_poisson: bool
    agents: int
    memoryless: bool
    work: Array
    most_open: int
    abandonment: float
    mix: tuple[float, ...]
    priorities: tuple[int, ...]


def facts_of(scenario: Scenario) -> Facts:
    """What the solved models need to know of a scenario.

    Raises:
        NotSolvedError: if it has something that none of them knows of.
    """
    for obstacle in _obstacles(scenario):
        raise NotSolvedError(obstacle)
    step = scenario.time.step_minutes
    arrivals = scenario.arrivals
    if isinstance(arrivals, Bernoulli):
        counts = bernoulli(arrivals.probabilities)
    else:
        rate = compile_scenario(scenario).capacity_per_hour
        counts = poisson(float(expected_arrivals(scenario, rate)[-1]))
    if counts[0] == 1.0:
        raise NotSolvedError("arrivals: no tickets ever arrive")
    urgencies = _urgencies(scenario)
    memoryless = scenario.service.law == "memoryless"
    varies = scenario.service.law not in ("memoryless", "deterministic")
    shape = work_shape(scenario.service) if varies else np.ones(1)
    return Facts(
        arrivals=counts,
        is_poisson=isinstance(arrivals, Poisson),
        agents=len(scenario.agents.names),
        memoryless=memoryless,
        work=shape * float(_handle_minutes(scenario).flat[0]) / step,
        most_open=scenario.queue.max_open_tickets,
        abandonment=step / patience if (patience := _patiences(scenario).pop()) else 0.0,
        mix=tuple(urgencies.values()),
        priorities=tuple(urgencies),
    )


def _obstacles(scenario: Scenario) -> Iterator[str]:
    """What the solved models know nothing of, a sentence each."""
    agents, queue = scenario.agents, scenario.queue
    if scenario.protocol.kind == "bid":
        yield "protocol.kind: expected accept, got bid"
    if scenario.dynamic:
        yield "verbs, incidents, learning and customers are beyond the solved models"
    if agents.come_and_go:
        yield "agents: expected a team that is always there, without shifts or days off"
    if any(concurrency > 1 for concurrency in agents.concurrencies):
        yield f"agents.concurrency: expected 1, got {max(agents.concurrencies)}"
    if not isinstance(scenario.arrivals, Poisson | Bernoulli):
        yield (
            "arrivals.process: expected poisson or bernoulli, whose rate stays the same, "
            f"got {scenario.arrivals.process}"
        )
    if not np.allclose(_handle_minutes(scenario), _handle_minutes(scenario).flat[0]):
        yield "service: expected one mean handle time for all agents and categories"
    if scenario.service.switch_minutes > 0 and len(_arriving(scenario)) > 1:
        yield "service.switch_minutes: expected 0 where there are several categories"
    if len(_patiences(scenario)) > 1:
        yield "patience: expected one mean for all customers"
    yield from _obstacles_of_queue(scenario)
    if queue.max_per_category is not None and queue.max_per_category < queue.max_open_tickets:
        yield f"queue.max_per_category: expected none, got {queue.max_per_category}"


def _obstacles_of_queue(scenario: Scenario) -> Iterator[str]:
    queue, agents = scenario.queue, len(scenario.agents.names)
    if queue.order == "deadline":
        yield "queue.order: expected fifo or priority, got deadline"
    if queue.max_open_tickets < agents:
        yield (
            f"queue.max_open_tickets: expected at least {agents}, one an agent, "
            f"got {queue.max_open_tickets}"
        )
    sizes = compile_scenario(scenario).sizes
    shown = sizes.slots
    if queue.window == "per_category" and len(_arriving(scenario)) > 1:
        shown = sizes.slots // sizes.categories
    if shown < agents:
        yield (
            f"queue.window: only {shown} tickets are shown to {agents} agents, some of whom may "
            "then be idle while tickets wait"
        )


def _arriving(scenario: Scenario) -> NDArray[np.intp]:
    """The categories that have arrivals."""
    return np.flatnonzero(category_mix(scenario) > 0)


def _handle_minutes(scenario: Scenario) -> Array:
    """(agents, arriving categories) mean minutes that an agent takes, infinite if it cannot."""
    arriving = _arriving(scenario)
    with np.errstate(divide="ignore"):
        return (mean_minutes(scenario) / speeds(scenario))[:, arriving]


def _patiences(scenario: Scenario) -> set[float | None]:
    """Mean minutes of those who come; None: they never give up."""
    patience = scenario.patience
    if patience is None:
        return {None}
    if patience.mean_minutes_by_category is not None:
        return {patience.mean_minutes_by_category[c] for c in _arriving(scenario)}
    listed, mixes = patience.mean_minutes_by_priority or (), priority_mix(scenario)
    coming = mixes[_arriving(scenario)].sum(axis=0) > 0
    return {mean for mean, comes in zip(listed, coming, strict=True) if comes}


def _urgencies(scenario: Scenario) -> dict[int, float]:
    """Share of each priority that comes, where the queue goes by priority."""
    if scenario.queue.order != "priority":
        return {0: 1.0}
    arriving = _arriving(scenario)
    mixes = priority_mix(scenario)[arriving]
    mixes = mixes / mixes.sum(axis=1, keepdims=True)
    if isinstance(scenario.arrivals, Bernoulli) and not np.allclose(mixes, mixes[0]):
        raise NotSolvedError(
            "arrivals.priority_mix: expected one for all categories where arrivals are bernoulli"
        )
    shares = category_mix(scenario)[arriving] @ mixes
    return {place: float(share) for place, share in enumerate(shares) if share > 0}
