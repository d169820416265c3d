import math

import numpy as np
import pytest
from scipy import stats

from marl_routing.evaluation import mean_interval, paired_difference
from marl_routing.evaluation.statistics import share_interval


def test_interval_is_students() -> None:
    samples = np.random.default_rng(0).normal(3.0, 2.0, 12)
    interval = mean_interval(samples)
    expected = stats.ttest_1samp(samples, 0.0).confidence_interval(0.95)
    assert interval.mean == pytest.approx(samples.mean())
    assert interval.low == pytest.approx(expected.low)
    assert interval.high == pytest.approx(expected.high)
    assert interval.excludes_zero


def test_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    intervals = [mean_interval(rng.normal(0.0, 1.0, 5)) for _ in range(2000)]
    covered = sum(not interval.excludes_zero for interval in intervals)
    assert abs(covered / 2000 - 0.95) < 0.015  # 3 standard errors


def test_missing_numbers_are_left_out() -> None:
    assert mean_interval([1.0, math.nan, 3.0]) == mean_interval([1.0, 3.0])


def test_too_few_samples_have_no_interval() -> None:
    one = mean_interval([4.0])
    assert one.mean == 4.0
    assert math.isnan(one.low)
    assert not one.excludes_zero
    assert math.isnan(mean_interval([]).mean)
    assert math.isnan(mean_interval([math.nan]).mean)


def test_pairing_removes_what_both_share() -> None:
    rng = np.random.default_rng(2)
    shared = rng.normal(0.0, 100.0, 50)
    first, second = shared + 1.0 + rng.normal(0.0, 0.1, 50), shared
    assert not mean_interval(first).excludes_zero
    difference = paired_difference(first, second)
    assert difference.excludes_zero
    assert difference.mean == pytest.approx(1.0, abs=0.1)


def test_pairs_need_one_length() -> None:
    with pytest.raises(ValueError, match="one length, not 2 and 3"):
        paired_difference([1.0, 2.0], [1.0, 2.0, 3.0])


@pytest.mark.parametrize(("ahead", "episodes"), [(0, 4), (3, 10), (64, 64)])
def test_interval_of_a_share_is_wilsons(ahead: int, episodes: int) -> None:
    interval = share_interval([1.0] * ahead + [0.0] * (episodes - ahead))
    expected = stats.binomtest(ahead, episodes).proportion_ci(method="wilson")
    assert interval.mean == ahead / episodes
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
