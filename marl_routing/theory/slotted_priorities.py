"""M/M/n in whole steps with priorities that interrupt nobody: chains of two queues."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from marl_routing.theory.slotted import SlottedDesk, binomials, slotted, stationary_distribution
from marl_routing.theory.stationary import Array, NotSolvedError

NEGLIGIBLE = 1e-9  # probability of a longer backlog than the chain looks at
LONGEST = 120  # queue that it can look at

Moves = tuple[Array, NDArray[np.intp], NDArray[np.intp]]  # probability, from and to which state


def slotted_waits(desk: SlottedDesk, mix: Sequence[float]) -> tuple[float, ...]:
    """Mean waits in steps by priority, the most urgent first.

    Those more urgent than some priority, taken together, do not notice in what order the others
    stand: so there is one chain of two queues for each priority but the last.

    Args:
        desk: without abandonment.
        mix: share of each priority among arrivals.
    """
    numbers, cut = slotted(desk), _cut(desk)
    lengths = [_urgent_queue(cut, urgent) for urgent in list(accumulate(mix))[:-1]]
    admitted = desk.arrival_rate * (1.0 - numbers.dropped)
    queues = np.diff([0.0, *lengths, numbers.queue])
    return tuple(
        float(queue / (admitted * share)) for queue, share in zip(queues, mix, strict=True)
    )


def _cut(desk: SlottedDesk) -> SlottedDesk:
    """The desk with K cut down to what hardly ever happens."""
    shares, _ = stationary_distribution(desk)
    beyond = 1.0 - np.cumsum(shares)
    most = int(np.argmax(beyond < NEGLIGIBLE)) if len(shares) <= desk.most_open else len(shares) - 1
    most = min(most, int(np.argmax(beyond < NEGLIGIBLE)))
    if most - desk.agents > LONGEST:
        raise NotSolvedError(
            f"more than {LONGEST} tickets wait too often for the queues of two priorities"
        )
    return replace(desk, most_open=most)


def _urgent_queue(desk: SlottedDesk, urgent: float) -> float:
    """Mean queue of the urgent ones.

    A state is a number of open tickets and how many urgent ones are queued.

    Args:
        desk: the desk.
        urgent: their share among arrivals.
    """
    from scipy.sparse import coo_array, identity
    from scipy.sparse.linalg import spsolve

    lengths = np.maximum(np.arange(desk.most_open + 1) - desk.agents, 0) + 1
    first = np.concatenate([[0], np.cumsum(lengths)])
    size = int(first[-1])
    chances, sources, targets = map(np.concatenate, zip(*_moves(desk, urgent, first), strict=True))
    moves = coo_array((chances, (targets, sources)), shape=(size, size))
    # One equation is left out, and one state given the weight 1, before all are scaled.
    system = (moves - identity(size)).tocsc()
    weights = np.concatenate([[1.0], spsolve(system[1:, 1:], -system[1:, [0]].toarray().ravel())])
    queued = np.concatenate([np.arange(length) for length in lengths])
    return float(weights @ queued / weights.sum())


def _moves(desk: SlottedDesk, urgent: float, first: NDArray[np.intp]) -> Iterator[Moves]:
    """Every transition of a step; `first` is the place of the first state of so many tickets."""
    finished = binomials(desk.agents, desk.completion)
    thinned = binomials(len(desk.arrivals), urgent)
    for tickets in range(desk.most_open + 1):
        busy = min(tickets, desk.agents)
        queued = np.arange(tickets - busy + 1)
        for done, chance in enumerate(finished(busy)):
            left, free = tickets - done, desk.agents - busy + done
            for came, share in enumerate(_admitted(desk, left)):
                for new, part in enumerate(thinned(came)):
                    waiting = np.maximum(queued + new - free, 0)
                    chances = np.full(len(queued), chance * share * part)
                    yield chances, first[tickets] + queued, first[left + came] + waiting


def _admitted(desk: SlottedDesk, left: int) -> Array:
    """Probabilities of 0, 1, 2, ... tickets let in."""
    room = desk.most_open - left
    if room >= len(desk.arrivals):
        return desk.arrivals
    return np.append(desk.arrivals[:room], desk.arrivals[room:].sum())
