"""What is known of a desk in the long run."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


class NotSolvedError(ValueError):
    """A desk whose numbers nobody has worked out; the message says why, in one sentence."""


@dataclass(frozen=True)
class Stationary:
    """Long-run averages of a desk whose agents work on one ticket each.

    Times are in the unit in which the rates were given; of slotted desks in steps. What is not
    known is nan.

    Attributes:
        backlog: open tickets; slotted: counted right after tickets were assigned, as all averages.
        queue: queued tickets.
        occupancy: share of the agents that are at work.
        waited: share of the admitted tickets that nobody takes at once.
        wait: time in the queue, over admitted tickets, those abandoned included.
        sojourn: time open, over the same tickets.
        abandoned: share of all arrivals that are admitted and then give up.
        dropped: share of all arrivals that are turned away.
        sojourn_by_priority: the same by priority, the most urgent first; empty if none differ.
    """

    backlog: float
    queue: float
    occupancy: float
    waited: float
    wait: float
    sojourn: float
    abandoned: float = 0.0
    dropped: float = 0.0
    sojourn_by_priority: tuple[float, ...] = ()


def by_littles_law(
    backlog: float,
    queue: float,
    agents: int,
    arrival_rate: float,
    *,
    waited: float = math.nan,
    abandoned: float = 0.0,
    dropped: float = 0.0,
    sojourn_by_priority: tuple[float, ...] = (),
) -> Stationary:
    """All numbers from the averages over time (Little 1961, Oper. Res. 9).

    Args:
        backlog, queue: as in `Stationary`, as the keywords are.
        agents: of the desk.
        arrival_rate: of all arrivals, those dropped included.
    """
    admitted = arrival_rate * (1.0 - dropped)
    return Stationary(
        backlog=backlog,
        queue=queue,
        occupancy=(backlog - queue) / agents,
        waited=waited,
        wait=queue / admitted,
        sojourn=backlog / admitted,
        abandoned=abandoned,
        dropped=dropped,
        sojourn_by_priority=sojourn_by_priority,
    )


def from_distribution(
    probabilities: ArrayLike,
    agents: int,
    arrival_rate: float,
    *,
    waited: float,
    abandoned: float,
    dropped: float,
) -> Stationary:
    """All numbers from the stationary distribution (K + 1,) of the open tickets."""
    shares = np.asarray(probabilities, np.float64)
    tickets = np.arange(len(shares))
    backlog = float(shares @ tickets)
    queue = float(shares @ np.maximum(tickets - agents, 0))
    return by_littles_law(
        backlog,
        queue,
        agents,
        arrival_rate,
        waited=waited,
        abandoned=abandoned,
        dropped=dropped,
    )


def require_stable(load: float) -> None:
    """Refuse a desk whose queue grows without end.

    Args:
        load: share of the agents' time that the arrivals take.
    """
    if load >= 1.0:
        raise NotSolvedError(
            f"the load is {load:.3g}, and without a limit the queue of such a desk grows for ever"
        )
