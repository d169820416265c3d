"""Means with 95 % intervals, and paired differences between policies that met the same tickets."""

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEVEL = 0.95


class Interval(NamedTuple):
    """A mean and its two-sided interval (nan where too few samples are known)."""

    mean: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of 0."""
        return self.low > 0 or self.high < 0


def mean_interval(samples: ArrayLike, level: float = LEVEL) -> Interval:
    """Mean of independent samples with its Student t interval.

    Args:
        samples: (n,) one number an episode; nan where an episode has none, which is left out.
        level: of confidence.
    """
    values: NDArray[np.float64] = np.asarray(samples, np.float64)
    values = values[np.isfinite(values)]
    if values.size == 0:
        return Interval(math.nan, math.nan, math.nan)
    mean = float(values.mean())
    if values.size == 1:
        return Interval(mean, math.nan, math.nan)
    from scipy.stats import t

    error = float(values.std(ddof=1)) / math.sqrt(values.size)
    half = float(t.ppf(0.5 + level / 2, values.size - 1)) * error
    return Interval(mean, mean - half, mean + half)


def paired_difference(first: ArrayLike, second: ArrayLike, level: float = LEVEL) -> Interval:
    """Mean of `first - second`, episode by episode: both (n,), of the same seeds in one order."""
    left, right = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if left.shape != right.shape:
        raise ValueError(f"paired samples must have one length, not {left.size} and {right.size}")
    return mean_interval(left - right, level)


def share_interval(scores: ArrayLike, level: float = LEVEL) -> Interval:
    """Mean of independent scores in 0..1 with Wilson's interval, which 0 of n does not fool.

    Scores between 0 and 1 (ties) vary less than a share does, so they make it too wide, if
    anything. (Wilson 1927, "Probable inference, the law of succession, and statistical inference".)
    """
    values: NDArray[np.float64] = np.asarray(scores, np.float64)
    mean, extra = float(values.mean()), NormalDist().inv_cdf(0.5 + level / 2) ** 2 / values.size
    middle = (mean + extra / 2) / (1 + extra)
    half = math.sqrt(extra * (mean * (1 - mean) + extra / 4)) / (1 + extra)
    return Interval(mean, max(0.0, middle - half), min(1.0, middle + half))
