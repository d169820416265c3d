"""A scenario's exact numbers, from its own fields."""

import math
from dataclasses import dataclass, replace

import numpy as np

from marl_routing.scenario import Scenario
from marl_routing.theory.erlang import mmnk_m
from marl_routing.theory.priorities import cobham, kella_yechiali, slotted_cobham
from marl_routing.theory.recognition import Facts, facts_of
from marl_routing.theory.single_agent import mg1, moments_in_steps, slotted_mg1
from marl_routing.theory.slotted import SlottedDesk, slotted, slotted_mdn
from marl_routing.theory.slotted_priorities import slotted_waits
from marl_routing.theory.stationary import NotSolvedError, Stationary, require_stable

NEGLIGIBLE = 1e-9  # share of arrivals dropped, or of time


@dataclass(frozen=True)
class Instance:
    """A solved model and its numbers, in steps.

    Attributes:
        model: in Kendall's notation, as it is in continuous time.
        exact: the desk in whole steps.
        limit: the model in continuous time, to which the desk tends as its steps get shorter; None
            if there is no formula.
        by_priority: whether the queue goes by priority.
        relaxation_steps: how long the desk remembers how it began, roughly.
    """

    model: str
    exact: Stationary
    limit: Stationary | None
    by_priority: bool
    relaxation_steps: float


def instance_of(scenario: Scenario) -> Instance:
    """What is known exactly of a scenario's desk.

    It is that of a team that is work-conserving: no agent idles while a ticket waits.

    Raises:
        NotSolvedError: in one sentence, if it is no instance of a solved model.
    """
    facts = facts_of(scenario)
    mean, second = moments_in_steps(facts.work)
    limit: Stationary | None
    if facts.memoryless:
        mean = max(mean, 1.0)
        second = (2.0 - 1.0 / mean) * mean**2
        exact, limit = _solve_memoryless(facts, mean)
    else:
        exact, limit = _solve_drawn(facts, mean, second)
        _require_room(facts, exact)
    return Instance(
        model=_name(facts, exact),
        exact=exact,
        limit=limit,
        by_priority=len(facts.mix) > 1,
        relaxation_steps=_relaxation(facts, mean, second - mean**2),
    )


def _rate(facts: Facts) -> float:
    return float(facts.arrivals @ np.arange(len(facts.arrivals)))


def _solve_memoryless(facts: Facts, mean: float) -> tuple[Stationary, Stationary]:
    rate = _rate(facts)
    desk = SlottedDesk(facts.arrivals, 1.0 / mean, facts.agents, facts.most_open, facts.abandonment)
    exact = slotted(desk)
    limit = mmnk_m(rate, 1.0 / mean, facts.agents, facts.most_open, facts.abandonment)
    if len(facts.mix) == 1:
        return exact, limit
    exact = replace(exact, waited=math.nan)
    limit = replace(limit, waited=math.nan)
    if facts.abandonment > 0.0:
        return exact, limit
    exact = _with_waits(exact, facts, slotted_waits(desk, facts.mix), mean)
    if exact.dropped < NEGLIGIBLE:
        rates = [rate * share for share in facts.mix]
        waits = kella_yechiali(rates, 1.0 / mean, facts.agents)
        limit = _with_waits(limit, facts, waits, mean)
    return exact, limit


def _solve_drawn(facts: Facts, mean: float, second: float) -> tuple[Stationary, Stationary | None]:
    if facts.abandonment > 0.0:
        raise NotSolvedError("patience: expected none, unless service.law is memoryless")
    rate, most = _rate(facts), len(facts.mix)
    require_stable(rate * mean / facts.agents)
    if facts.agents > 1:
        return _solve_deterministic(facts), None
    exact = slotted_mg1(facts.arrivals, mean, second)
    minutes, squares = float(facts.work.mean()), float((facts.work**2).mean())
    limit = mg1(rate, minutes, squares)
    if most == 1:
        return exact, limit
    if not facts.is_poisson:
        raise NotSolvedError("queue.order: expected fifo, unless arrivals are poisson")
    rates = [rate * share for share in facts.mix]
    waits = slotted_cobham(rates, [mean] * most, [second] * most)
    exact = _with_waits(replace(exact, waited=math.nan), facts, waits, mean)
    waits = cobham(rates, [minutes] * most, [squares] * most)
    return exact, _with_waits(replace(limit, waited=math.nan), facts, waits, minutes)


def _solve_deterministic(facts: Facts) -> Stationary:
    """Several agents, each ticket the same whole number of steps."""
    steps = float(facts.work[0])
    if len(facts.work) > 1 or not (steps < 1.0 or math.isclose(steps, round(steps))):
        raise NotSolvedError(
            "service.law: with several agents expected memoryless, or deterministic in whole steps"
        )
    if len(facts.mix) > 1:
        raise NotSolvedError("queue.order: expected fifo, unless service.law is memoryless")
    return slotted_mdn(facts.arrivals, max(1, round(steps)), facts.agents)


def _with_waits(
    numbers: Stationary, facts: Facts, waits: tuple[float, ...], service: float
) -> Stationary:
    """With the time open of each priority; nan of one that never comes."""
    sojourns = [math.nan] * (facts.priorities[-1] + 1)
    for place, wait in zip(facts.priorities, waits, strict=True):
        sojourns[place] = wait + service
    return replace(numbers, sojourn_by_priority=tuple(sojourns))


def _require_room(facts: Facts, exact: Stationary) -> None:
    """Where no formula knows of a limit, it must hardly ever be met."""
    if (exact.backlog / (1.0 + exact.backlog)) ** facts.most_open > NEGLIGIBLE:
        raise NotSolvedError(
            f"queue.max_open_tickets: {facts.most_open} may be reached, and what is dropped then "
            "is known only where service.law is memoryless; expected more"
        )


def _name(facts: Facts, exact: Stationary) -> str:
    """Kendall's notation."""
    served = "D" if np.ptp(facts.work) == 0 else "G"
    if facts.memoryless:
        served = "M" if facts.is_poisson else "Geo"
    name = f"{'M' if facts.is_poisson else 'Geo'}/{served}/{facts.agents}"
    if exact.dropped > NEGLIGIBLE:
        name += f"/{facts.most_open}"
    if facts.abandonment > 0.0:
        name += "+M"
    return f"{name}, {len(facts.mix)} priorities" if len(facts.mix) > 1 else name


def _relaxation(facts: Facts, mean: float, variance: float) -> float:
    """Steps after which the desk has forgotten its beginning but for a third, roughly.

    Of a Brownian motion with the drift and the variance of the backlog of a busy desk, which
    patience and the limit hold in bounds.
    """
    rate = _rate(facts)
    square = float(facts.arrivals @ np.arange(len(facts.arrivals)) ** 2)
    spread = square - rate**2 + facts.agents * variance / mean**3
    drift = facts.agents / mean - rate
    room = (facts.most_open - facts.agents) ** 2
    bounds = [room / spread if spread > 0 else math.inf]
    if drift != 0.0:
        bounds.append(2.0 * spread / drift**2)
    if facts.abandonment > 0.0:
        bounds.append(1.0 / facts.abandonment)
    return mean + min(bounds)
