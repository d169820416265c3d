"""A policy's own random numbers, counter-based: desk i draws the same alone and in any batch."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core import random

# The kernel's own Python source works on whole arrays, without the compiler.
_mix: Callable[[Any], Any] = getattr(random.mix, "py_func", random.mix)
_SALT = np.uint64(0x5DEECE66D)  # a policy never shares a stream with the desk of its seed


def _fold(keys: NDArray[np.uint64], counters: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """`core.random.fold` over arrays."""
    mixed: NDArray[np.uint64] = _mix(keys + (counters + np.uint64(1)) * random.GOLDEN)
    return mixed


class Draws:
    """Uniform draws of (seed + desk, calls so far, place)."""

    def __init__(self) -> None:
        self.reset(0)

    def reset(self, seed: int) -> None:
        """Start again: desk i draws from `seed + i`."""
        self._seed: NDArray[np.uint64] = np.array([seed % 2**64], np.uint64)
        self._calls: NDArray[np.uint64] = np.zeros(1, np.uint64)

    def next(self, num_desks: int, width: int) -> NDArray[np.float64]:
        """(num_desks, width) float64 in [0, 1), new at every call."""
        seeds = np.add(self._seed, np.arange(num_desks, dtype=np.uint64))
        keys = _fold(_mix(seeds ^ _SALT), self._calls)[:, None]
        self._calls = self._calls + np.uint64(1)
        bits = _fold(keys, np.arange(width, dtype=np.uint64)) >> np.uint64(11)
        return bits.astype(np.float64) * 2.0**-53
