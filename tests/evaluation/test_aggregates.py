"""Against closed cases, scipy, what intervals promise, and rliable.

The constants of rliable are those of 1.2.0 (with arch 7.2.0, numpy 2.4.6, and pandas 2.3.3, since
this arch does not import with pandas 3) on `scores(20, 3)`: `metrics.aggregate_iqm`,
`library.get_interval_estimates` (50,000 resamples), `library.create_performance_profile` (20,000).
"""

from functools import partial

import numpy as np
import pytest
from scipy import stats

from marl_routing.evaluation import (
    improvements,
    interquartile_mean,
    paired_bootstrap,
    performance_profile,
    probability_of_improvement,
    profile_band,
    stratified_bootstrap,
)
from marl_routing.evaluation.aggregates import Scores

THRESHOLDS = np.array([0.0, 2.0, 4.0, 6.0, 8.0, 10.0])


def scores(episodes: int, scenarios: int) -> Scores:
    episode, scenario = np.indices((episodes, scenarios))
    return np.asarray((episode * 37 + scenario * 11) % 101 / 10.0 + scenario, np.float64)


def test_interquartile_mean_is_of_the_middle_half() -> None:
    outlying = np.array([[-1e9, 1.0], [2.0, 3.0], [4.0, 5.0], [6.0, 1e9]])
    assert interquartile_mean(outlying) == 3.5
    assert interquartile_mean([[7.0]]) == 7.0
    drawn = np.random.default_rng(0).normal(size=(13, 3))
    assert interquartile_mean(drawn) == pytest.approx(stats.trim_mean(drawn, 0.25, axis=None))


def test_numbers_of_rliable() -> None:
    matrix = scores(20, 3)
    interval = stratified_bootstrap(matrix, interquartile_mean, resamples=8000)
    assert interval.mean == pytest.approx(5.91)
    assert interval.low == pytest.approx(4.88333333, abs=0.04)
    assert interval.high == pytest.approx(6.94666667, abs=0.04)
    profile = [0.98333333, 0.88333333, 0.68333333, 0.48333333, 0.3, 0.1]
    np.testing.assert_allclose(performance_profile(matrix, THRESHOLDS), profile, atol=1e-8)
    low, high = profile_band(matrix, THRESHOLDS)
    run = 1.01 / matrix.size  # the ends are whole runs: one run apart is the luck of the draw
    ends = [0.95, 0.8, 0.56666667, 0.36666667, 0.18333333, 0.03333333]
    np.testing.assert_allclose(low, ends, atol=run)
    ends = [1.0, 0.95, 0.8, 0.6, 0.41666667, 0.18333333]
    np.testing.assert_allclose(high, ends, atol=run)


def test_numbers_of_scipy() -> None:
    matrix = np.random.default_rng(1).gamma(2.0, size=(30, 2)) * [1.0, 20.0]
    ours = stratified_bootstrap(matrix, np.mean, resamples=8000)
    theirs = stats.bootstrap(
        tuple(matrix.T),
        lambda one, other, axis: (one.mean(axis) + other.mean(axis)) / 2,
        method="percentile",
        n_resamples=8000,
        rng=np.random.default_rng(2),
    ).confidence_interval
    assert ours.mean == pytest.approx(matrix.mean())
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs), abs=0.15)


def test_scenarios_are_strata() -> None:
    far_apart = np.array([[0.0, 100.0], [0.0, 100.0], [0.0, 100.0]])
    assert stratified_bootstrap(far_apart, np.mean) == (50.0, 50.0, 50.0)


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(250):
        low, high = stratified_bootstrap(
            rng.normal(size=(40, 2)), interquartile_mean, resamples=250
        )[1:]
        covered += low <= 0.0 <= high
    assert 0.91 < covered / 250 < 0.99  # 95 %; 3 standard errors are 4 %


def test_pairing_removes_what_both_share() -> None:
    rng = np.random.default_rng(4)
    tickets = rng.normal(0.0, 100.0, (40, 2))
    first, second = tickets + 1.0 + rng.normal(0.0, 0.1, (40, 2)), tickets
    ahead = paired_bootstrap(first, second, np.mean)
    assert ahead.mean == pytest.approx(1.0, abs=0.1)
    assert 0.0 < ahead.high - ahead.low < 0.1
    alone = stratified_bootstrap(first, np.mean)
    assert alone.high - alone.low > 20.0


def test_improvement_is_judged_on_the_same_tickets() -> None:
    hard_and_easy_days = np.array([[1.0], [10.0], [100.0]])
    assert probability_of_improvement(hard_and_easy_days + 1, hard_and_easy_days) == 1.0
    assert probability_of_improvement(hard_and_easy_days, hard_and_easy_days) == 0.5
    first, second = [[1.0, 5.0], [2.0, 5.0]], [[0.0, 5.0], [3.0, 4.0]]
    np.testing.assert_array_equal(improvements(first, second), [[1.0, 0.5], [0.0, 1.0]])
    assert probability_of_improvement(first, second) == 0.625


def test_profile_counts_runs_above() -> None:
    profile = performance_profile([[1.0, 2.0], [3.0, 4.0]], [0.0, 1.0, 2.5, 4.0])
    np.testing.assert_array_equal(profile, [1.0, 0.75, 0.5, 0.0])


def test_the_same_seed_gives_the_same_interval() -> None:
    interval = partial(stratified_bootstrap, scores(9, 2), np.mean, resamples=50)
    assert interval() == interval(seed=0)
    assert interval() != interval(seed=1)
    assert interval(level=0.5).low > interval(level=0.99).low


def test_bad_scores_are_refused() -> None:
    with pytest.raises(ValueError, match=r"must be \(episodes, scenarios\), not of shape \(3,\)"):
        interquartile_mean([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="scores must be finite"):
        interquartile_mean([[1.0], [np.nan]])
    with pytest.raises(ValueError, match=r"one shape, not \(2, 1\) and \(1, 2\)"):
        improvements([[1.0], [2.0]], [[1.0, 2.0]])
