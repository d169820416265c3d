"""The NumPy twins of the auction and of the index."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.policies.seen_by_numpy import left, per_slot, rates, savings_rate

Array = NDArray[Any]
View = Any


def index_of(view: View, weights: dict[str, float]) -> Array:
    used, handle = per_slot(view.shares > 1e-9, view), per_slot(view.handle_steps, view)
    handle, free = handle.astype(np.float64), view.available.sum(axis=1)[:, None, None]
    crowd = crowds(view, left(view), view.category[:, None, :])
    age = (view.step[:, None] - view.arrived)[:, None, :]
    slack = (view.due - view.step[:, None])[:, None, :]
    saving, best = savings_rate(view), rates(view).max(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        features = {
            "eager": 1.0,
            "skill": per_slot(rates(view) / rates(view).max(axis=0), view),
            "focus": per_slot(rates(view) / best, view),
            "programme": used,
            "saving": per_slot(saving / saving.max(), view),
            "crowd": crowd,
            "help": crowd * ~used,
            "rivals": faster_and_free(view) / free,
            "elsewhere": crowd_elsewhere(view),
            "free": free / len(view.handle_steps),
            "priority": 1 - view.priority[:, None, :] / max(1, view.num_priorities - 1),
            "age": age / (age + handle),
            "urgency": handle / (handle + np.maximum(slack, 0)),
            "overdue": slack <= 0,
        }
        score = sum(weights[name] * values for name, values in features.items())
    # Equal ones are added up in another order than the compiled.
    return np.round(score, 12)


def crowds(view: View, waiting: Array, categories: Array) -> Array:
    able = (view.handle_steps > 0).sum(axis=0)[categories]
    return waiting / np.maximum(waiting + able, 1)


def faster_and_free(view: View) -> Array:
    handle = view.handle_steps
    faster = (handle[:, None] > handle[None]) & (handle[None] > 0)  # (A, others, C)
    counts = np.einsum("no,aoc->nac", view.available.astype(int), faster.astype(int))
    return np.take_along_axis(counts, view.category[:, None, :], axis=2)


def crowd_elsewhere(view: View) -> Array:
    wanted = np.where(view.shares > 1e-9, view.shares, 0.0)
    wanted = wanted / np.maximum(wanted.sum(axis=1, keepdims=True), 1e-300)
    everywhere = crowds(view, view.queued, np.arange(wanted.shape[1]))[:, None, :] * wanted
    here = np.take_along_axis(everywhere, view.category[:, None, :], axis=2)
    return everywhere.sum(axis=2)[:, :, None] - here


def auctioned(worths: Array, legal: Array, order: Array, spare: float, largest: float) -> Array:
    """(A,): the column of worths (A, K) that each agent gets; K or more is a pass.

    Agents and keepers of tickets bid for tickets and passes, as a square matrix.
    """
    agents, slots = worths.shape
    bidders = [agents + slot for slot in np.flatnonzero(legal.any(axis=0))]
    bidders += [agent for agent in order if legal[agent].any()]
    values = np.full((agents + slots, slots + agents), -1e30)
    values[:agents, :slots] = worths
    values[agents + np.arange(slots), np.arange(slots)] = 0.0
    for agent in np.flatnonzero(legal.any(axis=1)):
        values[agent, slots + agent] = spare
        values[agents:, slots + agent] = 0.0
    prices, increment = np.zeros(slots + agents), 0.25
    while True:
        owner, line = {}, list(bidders)
        while line:
            bidder = line.pop()
            net = values[bidder] - prices
            wanted = int(net.argmax())
            second = np.delete(net, wanted).max()
            prices[wanted] += net[wanted] - second + increment * largest
            if wanted in owner:
                line.append(owner[wanted])
            owner[wanted] = bidder
        if increment <= 1e-5:
            break
        increment = max(increment / 5.0, 1e-5)
    got = np.full(agents, slots)
    for thing, bidder in owner.items():
        if bidder < agents:
            got[bidder] = thing
    moved = True
    while moved:
        moved = False
        for agent in np.flatnonzero(got < slots):
            for slot in np.setdiff1d(np.arange(slots), got):
                if slot not in got and worths[agent, slot] > worths[agent, got[agent]]:
                    got[agent], moved = slot, True
    return got
