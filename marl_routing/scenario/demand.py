"""What comes in: mixes of categories and priorities, and expected arrivals per step."""

import numpy as np
from numpy.typing import NDArray

from marl_routing.scenario.arrivals import Bernoulli, Bursty, Poisson, Trace, Weekly
from marl_routing.scenario.calendar import weekly_arrivals
from marl_routing.scenario.schema import Scenario

Array = NDArray[np.float64]


def category_mix(scenario: Scenario) -> Array:
    """(categories,) share of each category among arrivals."""
    arrivals, count = scenario.arrivals, len(scenario.categories)
    if isinstance(arrivals, Bernoulli):
        weights = np.array(arrivals.probabilities)
    elif isinstance(arrivals, Trace):
        weights = _trace_counts(scenario, arrivals).sum(axis=1)
    else:
        weights = np.array(arrivals.category_mix or _shares(scenario) or (1.0,) * count)
    total = weights.sum()
    return weights / total if total > 0 else np.full(count, 1.0 / count)


def _shares(scenario: Scenario) -> list[float]:
    """Of each inquiry type, all industries being equally large; empty without customers."""
    shares: list[float] = []
    for industry in () if scenario.customers is None else scenario.customers.industries:
        weights = [kind.share for kind in industry.inquiry_types.values()]
        shares += [weight / sum(weights) for weight in weights]
    return shares


def priority_mix(scenario: Scenario) -> Array:
    """(categories, priorities) weights of the priorities of each category."""
    arrivals = scenario.arrivals
    shape = len(scenario.categories), len(scenario.priorities)
    if isinstance(arrivals, Trace):
        counts = _trace_counts(scenario, arrivals)
        seen = counts.sum(axis=1, keepdims=True) > 0
        return np.where(seen, counts, counts.sum(axis=0))
    mix = arrivals.priority_mix
    if mix is None and scenario.customers is not None:
        mix = tuple(kind.urgency for _, _, kind in scenario.customers.inquiry_types)
    return np.broadcast_to(np.ones(shape[1]) if mix is None else np.array(mix), shape)


def _trace_counts(scenario: Scenario, arrivals: Trace) -> Array:
    """(categories, priorities) tickets of each kind."""
    counts = np.zeros((len(scenario.categories), len(scenario.priorities)))
    rows = trace_rows(scenario, arrivals)
    np.add.at(counts, (rows[:, 1].astype(int), rows[:, 2].astype(int)), 1.0)
    return counts


def trace_rows(scenario: Scenario, arrivals: Trace) -> Array:
    """(tickets, 4) step, category, priority, work in minutes (nan: drawn), in order of arrival.

    A ticket enters at the first clock at or after its time.
    """
    categories = {name: index for index, name in enumerate(scenario.categories)}
    priorities = {name: index for index, name in enumerate(scenario.priorities)}
    rows = np.array(
        [
            (
                np.ceil(ticket.time_minutes / scenario.time.step_minutes - 1e-9),
                categories[ticket.category],
                priorities[ticket.priority],
                np.nan if ticket.work_minutes is None else ticket.work_minutes,
            )
            for ticket in arrivals.trace
        ]
    )
    ordered: Array = rows[np.argsort([t.time_minutes for t in arrivals.trace], kind="stable")]
    return ordered


def phase_rates(arrivals: Bursty, capacity_per_hour: float) -> tuple[Array, Array]:
    """Arrivals an hour in each phase, and the share of time that is spent in it."""
    rates = np.array([phase.rate_per_hour for phase in arrivals.phases])
    minutes = np.array([phase.mean_minutes for phase in arrivals.phases])
    shares = minutes / minutes.sum()
    if arrivals.load is not None:
        rates = rates * (arrivals.load * capacity_per_hour / (rates @ shares))
    return rates, shares


def expected_arrivals(scenario: Scenario, capacity_per_hour: float) -> Array:
    """(horizon + 1,) mean number of arrivals of each step of a Poisson process."""
    time, arrivals = scenario.time, scenario.arrivals
    if isinstance(arrivals, Poisson):
        rate = arrivals.rate_per_hour
        if rate is None:
            rate = (arrivals.load or 0.0) * capacity_per_hour
        return np.full(time.horizon_steps + 1, rate * time.step_minutes / 60)
    assert isinstance(arrivals, Weekly)
    rates = np.array(arrivals.hourly_rates)
    if arrivals.load is not None:
        rates = rates * (arrivals.load * capacity_per_hour / rates.mean())
    return weekly_arrivals(time, rates)
