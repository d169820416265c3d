"""Counter-based draws: each number is a hash of (seed, episode, stream, counters), no more.

The finaliser is splitmix64's (Steele, Lea & Flood 2014, "Fast splittable pseudorandom number
generators").
"""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.compiler import entry, kernel

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 2.0**-53

# Streams: one hash key each, so that no draw of one meets a draw of another.
ARRIVAL, CATEGORY, PRIORITY, WORK, PATIENCE, SERVE, SWITCH, TIE, PHASE, ABSENCE = range(10)
REGRESSION, BLOCK, PENDING, REOPEN, RETURN, DEPENDENCY, CUSTOMER, TURN = range(10, 18)
NUM_STREAMS = 18


@entry
def mix(x: np.uint64) -> np.uint64:
    """Scramble 64 bits (a bijection)."""
    z = (x ^ (x >> _S30)) * _M1
    z = (z ^ (z >> _S27)) * _M2
    return z ^ (z >> _S31)


def seeds_from(first: int, count: int) -> list[np.uint64]:
    """`first`, `first + 1`, ...: of the desks of a batch, modulo 2**64."""
    return [np.uint64((int(first) + i) % 2**64) for i in range(count)]


@kernel
def fold(h: np.uint64, i: int) -> np.uint64:
    """The hash of everything in `h` and the counter `i` >= 0."""
    return mix(h + np.uint64(i + 1) * GOLDEN)


@kernel
def unit(bits: np.uint64) -> float:
    """53 of the bits as a float64 in [0, 1)."""
    return np.float64(bits >> _S11) * _UNIT


@kernel
def draw_from(cdf: NDArray[np.float64], chance: float) -> int:
    """A value of a short table: to look at all of it is faster than to guess where to stop."""
    value = 0
    for i in range(cdf.shape[0] - 1):
        value += chance >= cdf[i]
    return value


@kernel
def geometric(key: np.uint64, bits: NDArray[np.float64]) -> int:
    """A geometric number >= 1, exactly: its binary digits are independent.

    Args:
        key: of the draw.
        bits: probability of each binary digit of the number - 1.
    """
    number = 1
    for bit in range(bits.shape[0]):
        # Without branches, so that several bits are drawn at once.
        number += int(unit(fold(key, bit)) < bits[bit]) << bit
    return number
