"""The capacity programme: the largest rate, with this mix of tickets, that the team can serve."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.scenario.demand import category_mix
from marl_routing.scenario.schema import Scenario
from marl_routing.scenario.shifts import share_of_time
from marl_routing.scenario.tables import work_shape
from marl_routing.scenario.teams import mean_minutes, speeds

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

ROUNDING = 1e-9  # slack that keeps the second programme feasible
STIFFNESS = 1e5  # weight of what must hold against evenness
SMALLEST_TIME = 1e-5  # what the solver leaves below this is rounding, not work
SMALLEST_PRICE = 1e-6  # and a price below this is none


def service_rates(scenario: Scenario) -> Array:
    """(agents, categories) tickets an hour of an agent that works on nothing else, one at a time.

    A ticket keeps its agent for at least one step, so short work is served slower than its mean.
    Context switches, incidents, helpers and learning are not counted.
    """
    step = scenario.time.step_minutes
    speed, minutes = speeds(scenario), mean_minutes(scenario)
    shape = work_shape(scenario.service)
    rates = np.zeros_like(speed)
    for agent, category in zip(*np.nonzero(speed), strict=True):
        steps = minutes[category] * shape / (speed[agent, category] * step)
        rates[agent, category] = 60.0 / (step * np.maximum(steps, 1.0).mean())
    return rates


def effective_concurrency(scenario: Scenario) -> Array:
    """(agents,) how many tickets' worth of work an agent does at once, at best."""
    in_work = np.array(scenario.agents.concurrencies, dtype=np.float64)
    slowed = in_work / (1.0 + scenario.service.concurrency_slowdown * (in_work - 1.0))
    return np.maximum(slowed, 1.0)


def capacity(scenario: Scenario) -> tuple[float, Array]:
    """Solve for the largest total rate at which every category's share can be served.

    Of the many ways to reach that rate, the shares are those that take the least of the team's time
    and, among those, spread the work most evenly: agents of equal skill get equal shares.

    Returns:
        Tickets an hour, and (agents, categories) float64 shares of each agent's time.
    """
    rates, mix = service_rates(scenario), category_mix(scenario)
    slots = effective_concurrency(scenario) * share_of_time(scenario)
    pairs = np.nonzero(rates)
    rate_only = np.zeros(len(pairs[0]) + 1)
    rate_only[-1] = 1.0
    rate = float(_solve(rates, slots, mix, -rate_only, (0.0, None)).x[-1])
    quickest = _solve(rates, slots, mix, 1.0 - rate_only, (rate * (1.0 - ROUNDING), rate))
    # What costs in the quickest solution is left out of every one; what is scarce in it is used up.
    possible = np.zeros(rates.shape, np.bool_)
    possible[pairs] = quickest.lower.marginals[:-1] < SMALLEST_PRICE
    full = quickest.ineqlin.marginals < -SMALLEST_PRICE
    times = _most_even(np.where(possible, rates, 0.0), slots, full, rate * mix, quickest.fun)
    used = (times > SMALLEST_TIME) & (slots > 0)[:, None]  # who is never there has no shares
    return rate, np.divide(times, slots[:, None], out=np.zeros_like(times), where=used)


def _solve(
    rates: Array, slots: Array, mix: Array, goal: Array, rate: tuple[float, float | None]
) -> Any:
    """Minimise `goal` over the time of each agent on each category that it can serve, and the rate.

    Args:
        rates, slots, mix: the team and the demand.
        goal: (pairs + 1,) of each pair in the order of `np.nonzero(rates)`, and of the total rate.
        rate: its bounds.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, hstack

    agent, category = np.nonzero(rates)
    index, none = np.arange(len(agent)), np.zeros(len(mix))
    shape = len(slots), len(index) + 1
    time_used = csr_array((np.ones(len(index)), (agent, index)), shape=shape)
    served = csr_array((rates[agent, category], (category, index)), shape=(len(mix), len(index)))
    served = hstack([served, csr_array(-mix[:, None])])
    bounds = [*[(0.0, None)] * len(index), rate]
    solve: Any = linprog  # its stubs know no sparse arrays
    return solve(goal, A_ub=time_used, b_ub=slots, A_eq=served, b_eq=none, bounds=bounds)


def _most_even(rates: Array, slots: Array, full: Flags, demand: Array, least_time: float) -> Array:
    """(agents, categories) times of least norm that meet the demand in the least total time.

    Only a few kinds of agents have a choice: those who are full and serve one category have none,
    and agents alike get alike.

    Args:
        rates: (agents, categories), 0 where no time is spent.
        slots: (agents,) time there is.
        full: (agents,) all of it is used.
        demand: (categories,) tickets an hour.
        least_time: in total.
    """
    settled = full & ((rates > 0).sum(axis=1) == 1)
    times = np.where((rates > 0) & settled[:, None], slots[:, None], 0.0)
    free = np.flatnonzero(rates.any(axis=1) & ~settled)
    if len(free):
        alike = np.column_stack([rates, slots])[free]
        kinds, kind_of, counts = np.unique(alike, axis=0, return_inverse=True, return_counts=True)
        left = demand - (rates * times).sum(axis=0)
        own = _least_norm(kinds[:, :-1], kinds[:, -1], counts, left, least_time - times.sum())
        times[free] = own[kind_of.ravel()]
    return times


def _least_norm(
    rates: Array, slots: Array, counts: NDArray[np.intp], demand: Array, total: float
) -> Array:
    """(kinds, categories) times of one agent of each kind, of which there are `counts`.

    Non-negative least squares, in which what must hold weighs far more than evenness; one more
    variable a kind is its spare time.
    """
    from scipy.optimize import nnls

    kind, category = np.nonzero(rates)
    index, scale, many = np.arange(len(kind)), 1.0 / rates.max(), np.sqrt(counts)
    width = len(index) + len(slots)
    served, used = np.zeros((len(demand), width)), np.zeros((len(slots), width))
    served[category, index] = rates[kind, category] * counts[kind] * scale
    used[kind, index] = many[kind]
    used[:, len(index) :] = np.diag(many)
    time = np.concatenate([counts[kind], np.zeros(len(slots))])
    even = np.diag(many[kind]) @ np.eye(len(index), width)
    must = np.concatenate([served, used, time[None]])
    targets = np.concatenate([demand * scale, many * slots, [total], np.zeros(len(index))])
    weights = np.where(np.arange(len(targets)) < len(must), STIFFNESS, 1.0)
    system = np.concatenate([must, even])
    times = np.zeros_like(rates)
    times[kind, category] = nnls(weights[:, None] * system, weights * targets)[0][: len(index)]
    return times
