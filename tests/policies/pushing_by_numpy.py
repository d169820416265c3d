"""The rules that push tickets a second time, in plain Python: see `by_numpy`."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# What speaks against each agent, from what it holds and how long the ticket would take.
AGAINST: dict[str, Callable[[Any, Array], Array]] = {
    "shortest_queue": lambda hand, weight: hand.held,
    "power_of_two": lambda hand, weight: hand.held,
    "least_expected_delay": lambda hand, weight: hand.load + weight,
    "most_spare_capacity": lambda hand, weight: hand.held - hand.capacity,
    "capacity_weights": lambda hand, weight: hand.load - hand.capacity,
    "longest_since_assigned": lambda hand, weight: hand.given,
}


def weights(rule: str, view: Any) -> Array:
    """(A, C) float64."""
    if rule == "least_expected_delay":
        return view.handle_steps.astype(np.float64)
    mean = np.sum(view.category_mix * view.mean_minutes)
    work = (view.mean_minutes / mean).astype(np.float32).astype(np.float64)
    return np.tile(work, (len(view.capacity), 1))


def push(rule: str, view: Any, legal: Array, ties: Array, order: Array, given: Array) -> Array:
    """Desk by desk and ticket by ticket, to whom least speaks against.

    Args:
        rule: its name.
        view: the desks.
        legal: (N, A, K).
        ties: (N, K, A) draws, the larger wins.
        order: (N, K) place in the queue.
        given: (N, A) when each agent was given its last ticket.
    """
    actions, weight = np.zeros(legal.shape[:2], np.int32), weights(rule, view)
    load = (view.in_hand.sum(axis=3) * weight).sum(axis=2)
    for desk, held in enumerate(view.held.astype(np.int64)):
        hand = SimpleNamespace(
            held=held, load=load[desk], given=given[desk].copy(), capacity=view.capacity
        )
        for slot in sorted(np.flatnonzero(view.filled[desk]), key=order[desk].__getitem__):
            own, tie = weight[:, view.category[desk, slot]], ties[desk, slot]
            able = legal[desk, :, slot] & (hand.held < hand.capacity)
            if rule == "capacity_weights":
                able &= (hand.held == 0) | (hand.load + own <= hand.capacity)
            lots = sorted(np.flatnonzero(able), key=lambda agent, tie=tie: -tie[agent])
            lots = lots[:2] if rule == "power_of_two" else lots
            if lots:
                agent = lots[int(np.argmin(AGAINST[rule](hand, own)[lots]))]
                actions[desk, agent] = actions[desk, agent] or slot + 1
                hand.held[agent] += 1
                hand.load[agent] += own[agent]
                hand.given[agent] = np.iinfo(np.int64).max
    return actions
