"""Desks in continuous time with memoryless arrivals, service and patience: Erlang and Palm.

In Kendall's notation M/M/n, M/M/n/n (Erlang B), M/M/n/K, M/M/n+M (Erlang A), and all of it at
once. Rates are per unit of time, any unit.
"""

import math

import numpy as np

from marl_routing.theory.stationary import (
    Array,
    Stationary,
    by_littles_law,
    from_distribution,
    require_stable,
)

ROUNDING = 1e-17


def erlang_b(agents: int, offered: float) -> float:
    """Probability that all agents are busy when nobody waits.

    Erlang (1917); by the recursion of Jagerman (1974), Bell Syst. Tech. J. 53.

    Args:
        agents: n.
        offered: arrival rate over the service rate of one agent.
    """
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = offered * blocked / (n + offered * blocked)
    return blocked


def erlang_c(agents: int, offered: float) -> float:
    """Probability that a ticket has to wait, arguments as of `erlang_b` (Erlang 1917)."""
    load = offered / agents
    require_stable(load)
    blocked = erlang_b(agents, offered)
    return blocked / (1.0 - load * (1.0 - blocked))


def mmn(arrival_rate: float, service_rate: float, agents: int) -> Stationary:
    """M/M/n: nobody gives up and nobody is turned away."""
    offered = arrival_rate / service_rate
    waited = erlang_c(agents, offered)
    queue = waited * offered / (agents - offered)
    return by_littles_law(offered + queue, queue, agents, arrival_rate, waited=waited)


def mmnn(arrival_rate: float, service_rate: float, agents: int) -> Stationary:
    """M/M/n/n: who finds all agents busy is turned away."""
    offered = arrival_rate / service_rate
    dropped = erlang_b(agents, offered)
    busy = offered * (1.0 - dropped)
    return by_littles_law(busy, 0.0, agents, arrival_rate, waited=0.0, dropped=dropped)


def mmnk(arrival_rate: float, service_rate: float, agents: int, most_open: int) -> Stationary:
    """M/M/n/K: who finds K tickets open is turned away (Gross et al. 2008)."""
    offered = arrival_rate / service_rate
    load, room = offered / agents, most_open - agents
    blocked = erlang_b(agents, offered)  # shares below are relative to n or fewer open tickets
    longer = load ** np.arange(1, room + 1)
    total = 1.0 + blocked * longer.sum()
    queue = float(blocked * (longer @ np.arange(1, room + 1)) / total)
    dropped = float(blocked * load**room / total)
    waited = float(blocked * (longer.sum() / load) / total) / (1.0 - dropped) if room else 0.0
    busy = offered * (1.0 - dropped)
    return by_littles_law(busy + queue, queue, agents, arrival_rate, waited=waited, dropped=dropped)


def mmn_m(
    arrival_rate: float, service_rate: float, agents: int, abandonment_rate: float
) -> Stationary:
    """M/M/n+M: customers give up, each at this rate, while they wait.

    Palm (1957), Tele; in the form of Garnett, Mandelbaum & Reiman (2002), Manufacturing & Service
    Operations Management 4.
    """
    offered = arrival_rate / service_rate
    blocked, load = erlang_b(agents, offered), offered / agents
    series = _palm(agents * service_rate / abandonment_rate, arrival_rate / abandonment_rate)
    waited = series * blocked / (1.0 + (series - 1.0) * blocked)
    abandoned = waited * (1.0 / (load * series) + 1.0 - 1.0 / load)
    queue = abandoned * arrival_rate / abandonment_rate
    busy = offered * (1.0 - abandoned)
    return by_littles_law(
        busy + queue, queue, agents, arrival_rate, waited=waited, abandoned=abandoned
    )


def _palm(x: float, y: float) -> float:
    """1 + y / (x + 1) + y^2 / ((x + 1) (x + 2)) + ..., Palm's incomplete gamma function."""
    term, total, k = 1.0, 1.0, 0
    while term > ROUNDING * total:
        k += 1
        term *= y / (x + k)
        total += term
    return total


def mmnk_m(
    arrival_rate: float,
    service_rate: float,
    agents: int,
    most_open: int,
    abandonment_rate: float = 0.0,
) -> Stationary:
    """M/M/n/K+M, all of the above in one, by detailed balance of the open tickets."""
    tickets = np.arange(most_open + 1)
    deaths = service_rate * np.minimum(tickets, agents)
    deaths = deaths + abandonment_rate * np.maximum(tickets - agents, 0)
    shares = _balanced(arrival_rate, deaths[1:])
    dropped = float(shares[-1])
    busy_found = float(shares[agents:-1].sum())
    queue = float(shares @ np.maximum(tickets - agents, 0))
    return from_distribution(
        shares,
        agents,
        arrival_rate,
        waited=busy_found / (1.0 - dropped),
        abandoned=abandonment_rate * queue / arrival_rate,
        dropped=dropped,
    )


def _balanced(arrival_rate: float, deaths: Array) -> Array:
    """(K + 1,) stationary shares of a chain that goes up at one rate, and down from k at its own.

    In logarithms, so that long queues do not overflow.
    """
    logs = np.concatenate([[0.0], np.cumsum(math.log(arrival_rate) - np.log(deaths))])
    shares: Array = np.exp(logs - logs.max())
    shares /= shares.sum()
    return shares
