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

ROUNDING = 1e-9  # slack that keeps the second programme feasible
STIFFNESS = 1e5  # weight of what must hold against evenness
SMALLEST_TIME = 1e-5  # what the solver leaves below this is rounding, not work


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
    from scipy.optimize import linprog

    rates, mix = service_rates(scenario), category_mix(scenario)
    slots = effective_concurrency(scenario) * share_of_time(scenario)
    pairs = np.nonzero(rates)
    agent, category = pairs
    index = np.arange(len(agent))
    # Variables: time of each agent on each category that it can serve, and the total rate.
    time_used = np.zeros((len(slots), len(index) + 1))
    time_used[agent, index] = 1.0
    served = np.zeros((len(mix), len(index) + 1))
    served[category, index] = rates[pairs]
    served[:, -1] = -mix

    def solve(goal: Array, bounds: list[tuple[float, float | None]]) -> Any:
        none = np.zeros(len(mix))
        return linprog(goal, A_ub=time_used, b_ub=slots, A_eq=served, b_eq=none, bounds=bounds)

    rate_only = np.eye(len(index) + 1)[-1]
    rate = float(solve(-rate_only, [(0.0, None)] * (len(index) + 1)).x[-1])
    at_rate = [*[(0.0, None)] * len(index), (rate * (1.0 - ROUNDING), rate)]
    least_time = float(solve(1.0 - rate_only, at_rate).fun)
    shares = np.zeros_like(rates)
    times = _most_even(time_used[:, :-1], slots, served[:, :-1], rate * mix, least_time)
    used = (times > SMALLEST_TIME) & (slots[agent] > 0)  # who is never there has no shares
    shares[pairs] = np.divide(times, slots[agent], out=np.zeros_like(times), where=used)
    return rate, shares


def _most_even(
    time_used: Array, slots: Array, served: Array, demand: Array, least_time: float
) -> Array:
    """(pairs,) times of least norm that meet the demand in the least total time.

    Non-negative least squares, in which what must hold weighs far more than evenness; one more
    variable an agent is its spare time.
    """
    from scipy.optimize import nnls

    pairs, agents = served.shape[1], len(slots)
    scale = 1.0 / served.max()
    must = np.block(
        [
            [served * scale, np.zeros((len(demand), agents))],
            [time_used, np.eye(agents)],
            [np.ones((1, pairs)), np.zeros((1, agents))],
        ]
    )
    targets = np.concatenate([demand * scale, slots, [least_time]])
    even = np.eye(pairs, pairs + agents)
    system = np.concatenate([STIFFNESS * must, even])
    times: Array = nnls(system, np.concatenate([STIFFNESS * targets, np.zeros(pairs)]))[0][:pairs]
    return times
