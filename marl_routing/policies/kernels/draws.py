"""A policy's own random numbers, counter-based: desk i draws the same alone and in any batch."""

import numpy as np

from marl_routing.core.compiler import kernel
from marl_routing.core.random import fold, mix, unit

SALT = np.uint64(0x5DEECE66D)  # a policy never shares a stream with the desk of its seed


@kernel
def draw_key(seed: np.uint64, calls: int) -> np.uint64:
    """What a policy draws from on the desk of `seed` after so many calls."""
    return fold(mix(seed ^ SALT), calls)


@kernel
def draw(key: np.uint64, place: int) -> float:
    """A number in [0, 1)."""
    return unit(fold(key, place))
