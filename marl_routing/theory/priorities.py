"""Queues with priorities that interrupt nobody (non-preemptive), first come first served in each.

Tuples go by priority, the most urgent first.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np

from marl_routing.theory.erlang import erlang_c
from marl_routing.theory.stationary import require_stable


def cobham(
    arrival_rates: Sequence[float], means: Sequence[float], second_moments: Sequence[float]
) -> tuple[float, ...]:
    """M/G/1 with priorities: mean waits (Cobham 1954, Oper. Res. 2).

    Args:
        arrival_rates: of Poisson arrivals.
        means, second_moments: of the service times.
    """
    loads = [rate * mean for rate, mean in zip(arrival_rates, means, strict=True)]
    in_work = sum(r * m / 2.0 for r, m in zip(arrival_rates, second_moments, strict=True))
    return _shared_out(in_work, loads)


def kella_yechiali(
    arrival_rates: Sequence[float], service_rate: float, agents: int
) -> tuple[float, ...]:
    """M/M/n with priorities, one rate of service: mean waits.

    Kella & Yechiali (1985), "Waiting times in the non-preemptive priority M/M/c queue", Stochastic
    Models 1.
    """
    offered = sum(arrival_rates) / service_rate
    in_work = erlang_c(agents, offered) / (agents * service_rate)
    return _shared_out(in_work, [rate / (agents * service_rate) for rate in arrival_rates])


def _shared_out(in_work: float, loads: Sequence[float]) -> tuple[float, ...]:
    """Waits, when a ticket finds so much work begun before it, and others overtake it."""
    require_stable(sum(loads))
    sums = [0.0, *accumulate(loads)]
    return tuple(in_work / ((1.0 - before) * (1.0 - until)) for before, until in pairwise(sums))


def slotted_cobham(
    arrival_rates: Sequence[float], means: Sequence[float], second_moments: Sequence[float]
) -> tuple[float, ...]:
    """Cobham's desk in whole steps, Poisson arrivals in each: mean waits in steps.

    By Cobham's argument: a ticket waits for the steps left of the one in work, for the more urgent
    and the earlier ones that it finds or comes with, and for the more urgent ones that come later.

    Args:
        arrival_rates: a step.
        means, second_moments: of the whole steps that tickets take.
    """
    rates, moments = np.array(arrival_rates), np.array(second_moments)
    loads = rates * np.array(means)
    require_stable(float(loads.sum()))
    in_work, waits = float(rates @ (moments - np.array(means))) / 2.0, list[float]()
    for k, load in enumerate(loads):
        urgent = float(loads[:k].sum())
        ahead = in_work + float(loads[:k] @ np.array(waits)) + urgent + load / 2.0
        waits.append(float(ahead / (1.0 - load - urgent)))
    return tuple(waits)
