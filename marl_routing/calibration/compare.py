"""The log beside the simulated scenario, figure by figure."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from marl_routing.calibration import demand
from marl_routing.calibration.report import Row
from marl_routing.calibration.simulate import Simulation
from marl_routing.calibration.tickets import UNRESOLVED, Names, Tickets, Weeks
from marl_routing.scenario.time import WEEKDAYS

Array = NDArray[np.float64]

HOUR_OF_WEEK = "hour_of_week"
_DAYTIME, _NIGHT = slice(8, 18), np.r_[0:8, 18:24]


def compare(
    tickets: Tickets, names: Names, weeks: Weeks, simulation: Simulation, attainment: Array
) -> tuple[Row, ...]:
    """Every figure in the fitted weeks, in the held-out weeks and in the simulation.

    Args:
        tickets: of the whole log.
        names: what their codes stand for.
        weeks: which of them were fitted.
        simulation: the scenario at work.
        attainment: (P,) share of its tickets that meet the scenario's targets.
    """
    fitted = _figures_of_log(tickets, names, weeks.start, weeks.fit_end)
    held_out = {}
    if weeks.held_out:
        held_out = _figures_of_log(tickets, names, weeks.fit_end, weeks.end)
    simulated = _figures_of_simulation(simulation, names, attainment)
    return tuple(
        Row(*key, *(_plain(side.get(key)) for side in (fitted, held_out, simulated)))
        for key in fitted
    )


Figures = dict[tuple[str, str], float]


def _figures_of_log(tickets: Tickets, names: Names, start: int, end: int) -> Figures:
    seen = tickets.between(start, end)
    observed = demand.weeks_observed(start, end)
    counts = demand.count_by_hour(seen.opened)
    hourly = np.divide(counts, observed, out=np.full(len(counts), np.nan), where=observed > 0)
    minutes = seen.minutes_to_resolution
    quantiles = np.nanquantile(minutes, (0.5, 0.9)) if (~np.isnan(minutes)).any() else _UNKNOWN
    return dict(
        _figures(
            names,
            hourly,
            _mean_open(tickets, start, end),
            quantiles / 60,
            np.bincount(seen.category, minlength=len(names.categories)),
            demand.attainment(seen, len(names.priorities)),
            np.bincount(seen.agent, minlength=len(names.team)),
        )
    )


_UNKNOWN = np.full(2, np.nan)


def _figures_of_simulation(simulation: Simulation, names: Names, attainment: Array) -> Figures:
    in_time = np.cumsum(simulation.resolutions.sum(axis=0))
    steps = np.searchsorted(in_time, np.array([0.5, 0.9]) * in_time[-1])
    return dict(
        _figures(
            names,
            simulation.hourly_arrivals,
            simulation.mean_open,
            steps * simulation.step_minutes / 60,
            simulation.by_category,
            attainment,
            simulation.by_agent,
        )
    )


def _figures(
    names: Names,
    hourly: Array,
    mean_open: float,
    hours_to_resolution: Array,
    by_category: NDArray[np.int64],
    attainment: Array,
    by_agent: NDArray[np.int64],
) -> Iterator[tuple[tuple[str, str], float]]:
    """Named figures, each defined once for log and simulation."""
    by_day = hourly.reshape(7, 24)
    for day, rates in zip(WEEKDAYS, by_day, strict=True):
        yield ("arrivals", f"{day} 08-18, tickets an hour"), _mean(rates[_DAYTIME])
    yield ("arrivals", "weekday nights, tickets an hour"), _mean(by_day[:5, _NIGHT])
    for category, count in zip(names.categories, by_category, strict=True):
        yield ("mix", f"{category}, share"), count / max(1, by_category.sum())
    yield ("backlog", "open tickets, mean"), mean_open
    yield ("resolution", "median, hours"), hours_to_resolution[0]
    yield ("resolution", "90 %, hours"), hours_to_resolution[1]
    for priority, share in zip(names.priorities, attainment, strict=True):
        yield ("sla", f"{priority}, share in time"), share
    for agent, count in zip(names.team, by_agent, strict=True):
        yield ("share", f"{agent}, share of tickets"), count / max(1, by_agent.sum())
    for hour, rate in enumerate(hourly):
        yield (HOUR_OF_WEEK, f"{WEEKDAYS[hour // 24]} {hour % 24:02d}:00, tickets"), rate


def _mean_open(tickets: Tickets, start: int, end: int) -> float:
    """Open tickets averaged over [start, end), of those whose resolution is known."""
    known = tickets.where(tickets.resolved != UNRESOLVED)
    overlap = np.minimum(known.resolved, end) - np.maximum(known.opened, start)
    return float(np.maximum(overlap, 0).sum() / (end - start))


def _mean(values: Array) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else np.nan


def _plain(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else float(value)
