"""Inverse-CDF tables: their moments, and that no draw is cut short."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from marl_routing.core.record import NEVER, PATIENCE_BITS, WORK_SHAPES
from marl_routing.scenario.service import Service
from marl_routing.scenario.tables import cumulative, patience_bits, poisson_cdf, work_shape

ALMOST_ONE = 1.0 - 2.0**-53  # the largest draw


def shape_of(law: str, **more: Any) -> np.ndarray:
    return work_shape(Service.model_validate({"law": law, "mean_minutes": 1} | more))


@pytest.mark.parametrize("law", ["lognormal", "gamma"])
@pytest.mark.parametrize("cv", [0.05, 0.5, 1.0, 2.0, 5.0, 10.0])
def test_mean_and_variance_of_laws(law: str, cv: float) -> None:
    table = shape_of(law, cv=cv)
    assert table.shape == (WORK_SHAPES,)
    assert table.mean() == pytest.approx(1, abs=1e-12)
    assert table.var() == pytest.approx(cv**2, rel=1e-9)
    assert (np.diff(table) >= 0).all()
    assert (table >= 0).all()


def test_laws_have_their_quantiles() -> None:
    middles = (np.arange(WORK_SHAPES) + 0.5) / WORK_SHAPES
    sigma = math.sqrt(math.log(2))
    lognormal = stats.lognorm(sigma, scale=math.exp(-(sigma**2) / 2)).ppf(middles)
    gamma = stats.gamma(4, scale=0.25).ppf(middles)
    body = slice(10, -50)  # the power that restores the variance bends the table by about 1 %
    np.testing.assert_allclose(shape_of("lognormal", cv=1)[body], lognormal[body], rtol=0.02)
    np.testing.assert_allclose(shape_of("gamma", cv=0.5)[body], gamma[body], rtol=0.02)


def test_laws_without_variation() -> None:
    assert (shape_of("deterministic") == 1).all()
    assert (shape_of("memoryless") == 1).all()
    np.testing.assert_allclose(shape_of("empirical", samples=[7, 7, 7]), 1, rtol=1e-12)


@given(st.lists(st.floats(0.5, 500), min_size=2, max_size=3000))
def test_samples_keep_their_variation(samples: list[float]) -> None:
    table = shape_of("empirical", samples=samples)
    given_cv = np.std(samples) / np.mean(samples)
    assert table.mean() == pytest.approx(1)
    assert table.std() == pytest.approx(given_cv, rel=1e-6, abs=1e-6)


def test_poisson_counts_are_not_truncated() -> None:
    means = np.array([0.0, 0.01, 1.0, 40.0, 900.0])
    table = poisson_cdf(means)
    for mean, row in zip(means, table, strict=True):
        exact = stats.poisson(mean).cdf(np.arange(len(row)))
        np.testing.assert_allclose(row, exact, rtol=1e-12, atol=1e-15)
        assert (np.diff(row) >= 0).all()
        assert row[-1] == 1
        survival = np.diff(np.concatenate([[0.0], row])) @ np.arange(len(row))
        assert survival == pytest.approx(mean, rel=1e-10, abs=1e-14)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=8).filter(lambda w: sum(w) > 0))
def test_cumulative_never_gives_what_has_no_weight(weights: list[float]) -> None:
    shares = cumulative(weights)
    last = max(index for index, weight in enumerate(weights) if weight > 0)
    assert shares[-1] == 1
    assert np.argmax(shares > ALMOST_ONE) <= last
    first = np.argmax(shares > 0)
    assert weights[first] > 0


@pytest.mark.parametrize("mean", [1.0, 1.5, 20.0, 480.0, 1e5])
def test_patience_digits_make_a_geometric_number(mean: float) -> None:
    bits = patience_bits(np.array([mean]))[0]
    places = 2.0 ** np.arange(PATIENCE_BITS)
    assert 1 + (bits * places).sum() == pytest.approx(mean, rel=1e-9)
    variance = (bits * (1 - bits) * places**2).sum()
    assert variance == pytest.approx(mean * (mean - 1), rel=1e-9)


def test_no_patience_limit_outlasts_any_episode() -> None:
    bits = patience_bits(np.array([np.inf, 1e12]))
    assert set(bits[0]) == {0.0, 1.0}
    longest = 1 + sum(2**i for i in range(PATIENCE_BITS) if bits[0][i] == 1)
    assert longest == NEVER
    assert (bits[1][30:] == 0).all()  # a clock plus a patience fits 32 bits
