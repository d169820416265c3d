"""Scores of many episodes and scenarios in one number, with bootstrap intervals.

All follow Agarwal et al., "Deep Reinforcement Learning at the Edge of the Statistical Precipice"
(NeurIPS 2021). Scores are (episodes, scenarios) float64: a column a scenario, a row an episode; of
two policies on the same seeds, one place is one episode with the same tickets.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marl_routing.evaluation.statistics import LEVEL, Interval

Scores: TypeAlias = NDArray[np.float64]
Aggregate: TypeAlias = Callable[[Scores], float]

RESAMPLES = 2000


def interquartile_mean(scores: ArrayLike) -> float:
    """Mean of the middle half of all entries: a quarter, rounded down, is left out at each end."""
    ordered = np.sort(_checked(scores), axis=None)
    cut = ordered.size // 4
    return float(ordered[cut : ordered.size - cut].mean())


def improvements(first: ArrayLike, second: ArrayLike) -> Scores:
    """1 where `first` is ahead of `second`, 0.5 where they are equal, 0 where it is behind.

    Episodes are paired, where Agarwal et al. take all pairs: two policies that meet the same
    tickets are judged on them, not on one policy's easy day against the other's hard one.
    """
    left, right = _pair(first, second)
    return np.asarray(0.5 + 0.5 * np.sign(left - right), np.float64)


def probability_of_improvement(first: ArrayLike, second: ArrayLike) -> float:
    """P(X > Y) + P(X = Y) / 2 on the same tickets, as `improvements`; mean over scenarios."""
    return float(improvements(first, second).mean())


def performance_profile(scores: ArrayLike, thresholds: ArrayLike) -> NDArray[np.float64]:
    """Share of runs that score above each threshold: a score distribution, cumulated from the top.

    Returns:
        (thresholds,) in 0..1.
    """
    ordered = np.sort(_checked(scores), axis=None)
    below = np.searchsorted(ordered, np.asarray(thresholds, np.float64), side="right")
    return np.asarray(1.0 - below / ordered.size, np.float64)


def profile_band(
    scores: ArrayLike,
    thresholds: ArrayLike,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
    level: float = LEVEL,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Low and high end of the profile, both (thresholds,), by the bootstrap at each threshold."""
    matrix = _checked(scores)
    drawn = [
        performance_profile(np.take_along_axis(matrix, rows, axis=0), thresholds)
        for rows in _rows(matrix, resamples, seed)
    ]
    low, high = _ends(drawn, level)
    return low, high


def stratified_bootstrap(
    scores: ArrayLike,
    aggregate: Aggregate,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
    level: float = LEVEL,
) -> Interval:
    """An aggregate and its percentile bootstrap interval.

    Episodes are drawn anew within each scenario: the scenarios are given, not a sample of others.

    Args:
        scores: (episodes, scenarios).
        aggregate: of such a matrix, as `interquartile_mean`.
        resamples: how often episodes are drawn.
        seed: of the draws: the same seed, the same interval.
        level: of confidence.
    """
    matrix = _checked(scores)
    drawn = [
        aggregate(np.take_along_axis(matrix, rows, axis=0))
        for rows in _rows(matrix, resamples, seed)
    ]
    return Interval(float(aggregate(matrix)), *map(float, _ends(drawn, level)))


def paired_bootstrap(
    first: ArrayLike,
    second: ArrayLike,
    aggregate: Aggregate,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
    level: float = LEVEL,
) -> Interval:
    """`aggregate(first) - aggregate(second)` with its interval: both keep the same episodes.

    For an interval of `probability_of_improvement` bootstrap the mean of `improvements`.
    """
    left, right = _pair(first, second)
    drawn = [
        aggregate(np.take_along_axis(left, rows, axis=0))
        - aggregate(np.take_along_axis(right, rows, axis=0))
        for rows in _rows(left, resamples, seed)
    ]
    difference = float(aggregate(left) - aggregate(right))
    return Interval(difference, *map(float, _ends(drawn, level)))


def _rows(scores: Scores, resamples: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """For each resample the rows to take, (episodes, scenarios): drawn apart in each column."""
    rng = np.random.default_rng(seed)
    for _ in range(resamples):
        yield rng.integers(scores.shape[0], size=scores.shape)


def _ends(drawn: Any, level: float) -> NDArray[np.float64]:
    """The two quantiles of what was drawn, along its first axis."""
    ends: NDArray[np.float64] = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return ends


def _checked(scores: ArrayLike) -> Scores:
    matrix: Scores = np.asarray(scores, np.float64)
    if matrix.ndim != 2 or matrix.size == 0:
        raise ValueError(f"scores must be (episodes, scenarios), not of shape {matrix.shape}")
    if not np.isfinite(matrix).all():
        raise ValueError("scores must be finite: one number for every episode of every scenario")
    return matrix


def _pair(first: ArrayLike, second: ArrayLike) -> tuple[Scores, Scores]:
    left, right = _checked(first), _checked(second)
    if left.shape != right.shape:
        raise ValueError(f"paired scores must have one shape, not {left.shape} and {right.shape}")
    return left, right
