"""What the NumPy twins of `by_numpy` rank by."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
View = Any


def by_arrival(view: View) -> Array:
    return -view.number[:, None, :].astype(np.int64)


def by_queue(view: View) -> Array:
    in_slot_order = np.argsort(view.category, axis=1, kind="stable")
    in_arrival_order = np.lexsort((view.number, view.category), axis=1)
    places = np.empty(view.number.shape, np.int64)
    numbers = np.take_along_axis(view.number, in_arrival_order, axis=1)
    np.put_along_axis(places, in_slot_order, numbers, axis=1)
    return -places[:, None, :]


def per_slot(table: Array, view: View) -> Array:
    return np.moveaxis(table[:, view.category], 0, 1)


def fastest(view: View) -> Array:
    return -per_slot(view.handle_steps, view)


def left(view: View) -> Array:
    """(N, 1, K): how many of its category wait when those in the slots before it are gone."""
    same = view.category[:, :, None] == view.category[:, None, :]
    queued = np.take_along_axis(view.queued, view.category, axis=1)
    return (queued - np.tril(same, -1).sum(axis=2))[:, None, :]


def rates(view: View) -> Array:
    handle = view.handle_steps.astype(np.float64)
    rate = np.divide(1.0, handle, out=np.zeros_like(handle), where=handle > 0)
    return np.minimum(rate, 1.0)


def savings_rate(view: View) -> Array:
    costs = np.maximum(-view.waiting_weights.astype(np.float64), 0.0)
    costs = costs if costs.any() else np.ones_like(costs)
    return costs * rates(view)
