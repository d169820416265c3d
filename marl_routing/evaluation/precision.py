"""How many episodes it takes until every policy's mean reward is known well enough."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from marl_routing.evaluation.statistics import Interval, mean_interval

PILOT = 30  # episodes at least in the first batch, whose spread decides how many follow
MOST = 10_000  # episodes a policy, if no other limit is given
SPARE = 1.1  # a tenth more than the spread asks for, so that one further batch mostly suffices


def require_share(precision: float) -> None:
    """Refuse a precision that is no share.

    Raises:
        ValueError: says what was expected.
    """
    if not 0.0 < precision < 1.0:
        raise ValueError(
            f"precision: expected a share above 0 and below 1 (0.01 is 1 %), not {precision}"
        )


def check_precision(precision: float, episodes: int, most: int) -> None:
    """Refuse what cannot be reached: see `compare`.

    Raises:
        ValueError: says what was expected.
    """
    require_share(precision)
    if episodes < PILOT:
        raise ValueError(
            f"episodes: expected at least {PILOT} with a precision, "
            f"to measure how much rewards vary, not {episodes}"
        )
    if most < episodes:
        raise ValueError(
            f"most_episodes: expected at least the {episodes} of the first batch, not {most}"
        )


def relative_half_width(interval: Interval) -> float:
    """Half the interval's width as a share of its mean: 0.01 is ± 1 %; 0 where nothing varies."""
    half = interval.high - interval.mean
    if half == 0.0:
        return 0.0
    return half / abs(interval.mean) if interval.mean != 0.0 else math.inf


def episodes_to_play(rewards: Sequence[NDArray[np.float64]], precision: float, most: int) -> int:
    """Episodes a policy, `most` at most, that reach a precision by the spread of those at hand.

    As in Stein's two-stage procedure ("A two-sample test for a linear hypothesis whose power is
    independent of the variance", 1945) a first batch measures the spread, and the second is as
    large as that asks for: with n episodes the half width is t s / sqrt(n), so n grows by (half
    width / half width asked for)^2. What is still too wide then goes on in the same way (Chow &
    Robbins 1965, "On the asymptotic theory of fixed-width sequential confidence intervals"). What
    is looked at is widths, not who leads, and seldom: so means stay unbiased and the intervals
    keep their level, as the tests measure.

    Args:
        rewards: of each policy, (n,) of the same episodes.
        precision: relative half width of the 95 % interval of each mean.
        most: episodes in all.

    Returns:
        n, if all means are known well enough.
    """
    played = rewards[0].size
    widest = max(relative_half_width(mean_interval(each)) for each in rewards)
    ratio = widest / precision
    return played if ratio <= 1.0 else math.ceil(min(most, SPARE * played * ratio * ratio))
