"""Desks in whole steps: the chain of the open tickets, solved numerically.

A step is one tick: agents work on what they hold, waiting customers give up, tickets arrive, agents
with free hands take tickets in order. A ticket is served for at least one step.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from marl_routing.theory.stationary import (
    Array,
    NotSolvedError,
    Stationary,
    by_littles_law,
    from_distribution,
    require_stable,
)

NEGLIGIBLE = 1e-13  # probability of a longer backlog than the chain looks at
MOST_STATES = 2048


def poisson(mean: float) -> Array:
    """(M,) probabilities of 0, 1, 2, ... arrivals in a step: of a Poisson process.

    As the desk draws them.
    """
    from marl_routing.scenario.tables import poisson_cdf

    return np.diff(poisson_cdf(np.array([mean]))[0], prepend=0.0)


def bernoulli(probabilities: tuple[float, ...]) -> Array:
    """The same of independent arrivals, at most one of each category."""
    shares = np.ones(1)
    for probability in probabilities:
        shares = np.convolve(shares, [1.0 - probability, probability])
    return shares


@dataclass(frozen=True)
class SlottedDesk:
    """A desk whose agents are all alike and take tickets first come, first served.

    Attributes:
        arrivals: (M,) probabilities of 0, 1, 2, ... arrivals in a step.
        completion: probability that a step of service is a ticket's last.
        agents: n, one ticket each.
        most_open: K, arrivals beyond these are dropped.
        abandonment: probability that a waiting customer gives up in a step.
    """

    arrivals: Array
    completion: float
    agents: int
    most_open: int
    abandonment: float = 0.0

    @property
    def arrival_rate(self) -> float:
        """Mean arrivals a step."""
        return float(self.arrivals @ np.arange(len(self.arrivals)))


def slotted(desk: SlottedDesk) -> Stationary:
    """The exact numbers, times in steps (Bruneel & Kim 1993, Discrete-Time Models)."""
    shares, desk = stationary_distribution(desk)
    after = shares @ departures(desk)
    rate, most = desk.arrival_rate, desk.most_open
    left, came = np.arange(most + 1)[:, None], np.arange(len(desk.arrivals))
    opened = np.minimum(left + came, most)
    waiting = np.maximum(opened - np.maximum(left, desk.agents), 0)
    admitted = float(after @ (opened - left) @ desk.arrivals)
    queue = float(shares @ np.maximum(np.arange(most + 1) - desk.agents, 0))
    return from_distribution(
        shares,
        desk.agents,
        rate,
        waited=float(after @ waiting @ desk.arrivals) / admitted,
        abandoned=desk.abandonment * queue / rate,
        dropped=max(0.0, 1.0 - admitted / rate),
    )


def slotted_mdn(arrivals: Array, steps: int, agents: int) -> Stationary:
    """M/D/n: every ticket takes the same number of steps, and nobody is turned away.

    Who is served now is done in so many steps, and nobody else: so the open tickets at every
    `steps`-th step make a chain (Crommelin 1932, Post Office Elec. Eng. J. 25). Who waits at all it
    tells only where a step is all the service.
    """
    together = np.ones(1)
    for _ in range(steps):
        together = np.convolve(together, arrivals)
    whole = SlottedDesk(together, 1.0, agents, MOST_STATES)
    require_stable(whole.arrival_rate / agents)
    numbers = slotted(whole)
    rate = whole.arrival_rate / steps
    waited = numbers.waited if steps == 1 else float("nan")
    return by_littles_law(numbers.backlog, numbers.queue, agents, rate, waited=waited)


def stationary_distribution(desk: SlottedDesk) -> tuple[Array, SlottedDesk]:
    """(K + 1,) probabilities of the open tickets; and the desk, K cut down to what ever happens."""
    most = min(desk.most_open, 2 * desk.agents + 64)
    while True:
        cut = replace(desk, most_open=most)
        shares = balance(departures(cut) @ admissions(cut))
        if most == desk.most_open or shares[-1] < NEGLIGIBLE:
            return shares, cut
        if most >= MOST_STATES:
            raise NotSolvedError(
                f"the backlog passes {MOST_STATES} tickets too often for its chain to be solved"
            )
        most = min(desk.most_open, 2 * most)


def departures(desk: SlottedDesk) -> Array:
    """(K + 1, K + 1) from open tickets to those left once some were finished and some gave up."""
    size = desk.most_open + 1
    finished = binomials(desk.agents, desk.completion)
    gave_up = binomials(max(0, size - 1 - desk.agents), desk.abandonment)
    matrix = np.zeros((size, size))
    for tickets in range(size):
        busy = min(tickets, desk.agents)
        gone = np.convolve(finished(busy), gave_up(tickets - busy))
        matrix[tickets, tickets + 1 - len(gone) : tickets + 1] = gone[::-1]
    return matrix


def admissions(desk: SlottedDesk) -> Array:
    """(K + 1, K + 1) from the tickets left to those open once others have come in."""
    size = desk.most_open + 1
    matrix = np.zeros((size, size))
    for tickets in range(size):
        room = size - tickets
        row = desk.arrivals[:room]
        matrix[tickets, tickets : tickets + len(row)] = row
        matrix[tickets, -1] += desk.arrivals[room:].sum()
    return matrix


def binomials(most: int, probability: float) -> Callable[[int], Array]:
    """Of a number of trials, at most so many: (trials + 1,) probabilities of that many successes.

    Trials that cannot succeed give (1,).
    """
    if probability == 0.0:
        return lambda trials: np.ones(1)
    rows = [np.ones(1)]
    for _ in range(most):
        rows.append(np.convolve(rows[-1], [1.0 - probability, probability]))
    return rows.__getitem__


def balance(transitions: Array) -> Array:
    """(S,) the distribution that transitions (S, S) leave as it is."""
    size = len(transitions)
    system = transitions.T - np.eye(size)
    system[-1] = 1.0
    return np.linalg.solve(system, np.eye(size)[-1])
