"""Inverse-CDF tables, built once on the host, so that every device draws the same numbers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.record import PATIENCE_BITS, WORK_SHAPES
from marl_routing.scenario.service import Service

Array = NDArray[np.float64]

LONGEST_PATIENCE_BITS = 30  # higher digits stay 0, so that a clock plus a patience fits 32 bits


def cumulative(weights: Any) -> Array:
    """Cumulative shares along the last axis; 1 from the last positive weight on."""
    weights = np.asarray(weights, dtype=np.float64)
    sums = np.cumsum(weights, axis=-1)
    shares: Array = sums / sums[..., -1:]
    shares[sums == sums[..., -1:]] = 1.0
    return shares


def poisson_cdf(means: Array) -> Array:
    """(rows, M): P(count <= i) for each mean, M so large that no draw in [0, 1) is cut short."""
    from scipy.special import pdtr

    counts = 1
    while pdtr(counts - 1, means.max()) < 1.0:
        counts += 1 + counts // 8
    table: Array = np.asarray(pdtr(np.arange(counts), means[:, None]), dtype=np.float64)
    table[:, -1] = 1.0
    return table


def work_shape(service: Service) -> Array:
    """(1024,) equally likely works of mean 1 and the law's variance.

    Each is the mean of its 1024th part of the law. Averaging within parts loses variance, which a
    power of the table gives back.
    """
    shares = np.linspace(0.0, 1.0, WORK_SHAPES + 1)
    match service.law:
        case "memoryless" | "deterministic":
            return np.ones(WORK_SHAPES)
        case "lognormal":
            assert service.cv is not None
            lorenz, variance = _lognormal_lorenz(shares, service.cv), service.cv**2
        case "gamma":
            assert service.cv is not None
            lorenz, variance = _gamma_lorenz(shares, service.cv), service.cv**2
        case "empirical":
            samples = np.sort(np.array(service.samples))
            lorenz = _sample_lorenz(shares, samples)
            variance = float(samples.var() / samples.mean() ** 2)
    return _match_variance(WORK_SHAPES * np.diff(lorenz), variance)


def _lognormal_lorenz(shares: Array, cv: float) -> Array:
    """Share of all work that the smallest `shares` of tickets hold (mean 1)."""
    from scipy.special import ndtr, ndtri

    return np.asarray(ndtr(ndtri(shares) - np.sqrt(np.log1p(cv**2))), dtype=np.float64)


def _gamma_lorenz(shares: Array, cv: float) -> Array:
    from scipy.special import gammainc, gammaincinv

    shape = cv**-2
    return np.asarray(gammainc(shape + 1, gammaincinv(shape, shares)), dtype=np.float64)


def _sample_lorenz(shares: Array, samples: Array) -> Array:
    held = np.concatenate([[0.0], np.cumsum(samples)]) / samples.sum()
    lorenz: Array = np.interp(shares, np.linspace(0.0, 1.0, len(held)), held)
    return lorenz


def _match_variance(table: Array, variance: float) -> Array:
    """A power of the table, scaled to mean 1, whose variance is as asked, found by bisection."""
    low, high = 0.5, 64.0
    table = table / table.max()
    for _ in range(80):
        middle = (low + high) / 2
        powered = table**middle
        if (powered / powered.mean()).var() < variance:
            low = middle
        else:
            high = middle
    powered = table**low
    shaped: Array = powered / powered.mean()
    return shaped


def patience_bits(mean_steps: Array) -> Array:
    """(..., 32): probability of each binary digit of a geometric patience of that mean.

    The digits of a geometric number are independent. An infinite mean sets the digits so that the
    patience outlasts any episode.
    """
    stay = 1.0 - 1.0 / mean_steps
    powers = 2.0 ** np.arange(PATIENCE_BITS)
    passed = stay[..., None] ** powers
    bits: Array = np.where(np.isinf(mean_steps)[..., None], 1.0, passed / (1.0 + passed))
    bits[..., LONGEST_PATIENCE_BITS:] = 0.0
    return bits
