"""One agent, service of any law: Pollaczek and Khinchine, in continuous time and in whole steps."""

import numpy as np

from marl_routing.theory.stationary import Array, Stationary, by_littles_law, require_stable


def mg1(arrival_rate: float, mean: float, second_moment: float) -> Stationary:
    """M/G/1 (Pollaczek 1930, Khinchine 1932).

    Args:
        arrival_rate: of Poisson arrivals.
        mean, second_moment: of the service time; for M/D/1 the second moment is the mean's square.
    """
    load = arrival_rate * mean
    require_stable(load)
    queue = arrival_rate**2 * second_moment / (2.0 * (1.0 - load))
    return by_littles_law(load + queue, queue, 1, arrival_rate, waited=load)


def slotted_mg1(arrivals: Array, mean: float, second_moment: float) -> Stationary:
    """The same in whole steps (Takagi 1993, Queueing Analysis 3, section 1.1: Geo^X/G/1).

    With Poisson arrivals the waits are those of `mg1`, whatever the length of a step.

    Args:
        arrivals: (M,) probabilities of 0, 1, 2, ... arrivals in a step.
        mean, second_moment: of the whole steps that a ticket takes.
    """
    counts = np.arange(len(arrivals))
    rate = float(arrivals @ counts)
    pairs = float(arrivals @ (counts * (counts - 1)))  # of tickets that arrive together
    load = rate * mean
    require_stable(load)
    # Steps of work that a step finds, and those of the tickets before one in its own step.
    found = (rate * second_moment + pairs * mean**2 - load) / (2.0 * (1.0 - load))
    wait = found + pairs * mean / (2.0 * rate)
    none_found = (1.0 - load) / float(arrivals[0])
    at_once = none_found * (1.0 - float(arrivals[0])) / rate
    return by_littles_law(load + rate * wait, rate * wait, 1, rate, waited=1.0 - at_once)


def moments_in_steps(steps: Array) -> tuple[float, float]:
    """Mean and second moment of the whole steps that work takes.

    The last step is kept with the probability of the fraction of it that is needed, and there is at
    least one step.

    Args:
        steps: (...) equally likely amounts of work, in steps.
    """
    work = np.maximum(np.asarray(steps, np.float64), 1.0)
    whole = np.floor(work)
    fraction = work - whole
    squares = whole**2 + fraction * (2.0 * whole + 1.0)
    return float(work.mean()), float(squares.mean())
