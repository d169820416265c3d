"""Simulated numbers against exact ones: what agrees, and what is too noisy to tell."""

import math

import numpy as np
import pytest

from marl_routing.evaluation.agreement import Check, Number


def number(exact: float, values: list[float], weights: list[float] | None = None) -> Number:
    made = Number("a number", exact, math.nan)
    made.add(np.array(values), np.array(weights or [1.0] * len(values)))
    return made


def check(*numbers: Number) -> Check:
    return Check("a desk", "a model", "a policy", 0.1, 4, 100, numbers)


def test_error_of_a_mean_and_of_a_ratio() -> None:
    plain = number(2.0, [1.0, 3.0, 2.0, 2.0])
    assert plain.simulated == 2.0
    assert plain.error == pytest.approx(np.std([1, 3, 2, 2], ddof=1) / 2)
    weighted = number(2.5, [1.0, 3.0], [1.0, 3.0])  # 10 minutes of 4 tickets
    assert weighted.simulated == 2.5
    assert weighted.error == pytest.approx(1.5 / math.sqrt(2) / 2 * math.sqrt(2))


def test_desks_are_taken_in_lot_by_lot() -> None:
    grown = number(2.0, [1.0, 3.0])
    grown.add(np.array([2.0, 2.0]), np.ones(2))
    assert grown.error == number(2.0, [1.0, 3.0, 2.0, 2.0]).error


def test_agreement_is_within_three_standard_errors() -> None:
    values = [0.98, 1.02, 0.99, 1.01]
    error = number(1.0, values).error
    assert number(1.0 + 2.9 * error, values).agrees
    assert not number(1.0 + 3.1 * error, values).agrees


def test_what_never_varies_agrees_only_if_it_is_exact() -> None:
    assert number(0.0, [0.0] * 4).agrees
    assert number(20.0, [20.0 + 1e-9] * 4).agrees
    assert not number(20.0, [20.1] * 4).agrees


def test_a_noisy_desk_proves_nothing() -> None:
    sharp, noisy = number(1.0, [0.98, 1.02, 0.99, 1.01]), number(1.0, [0.0, 2.0, 0.5, 1.5])
    assert noisy.agrees
    assert check(sharp).is_sharp
    assert check(sharp).agrees
    assert not check(sharp, noisy).is_sharp
    assert not check(sharp, noisy).agrees


def test_how_much_is_done_follows_from_the_noisiest() -> None:
    noisy, still = number(1.0, [0.0, 2.0, 0.5, 1.5]), number(20.0, [20.1] * 4)
    assert check(noisy, still).done == pytest.approx((0.1 / noisy.noise) ** 2)
    assert check(still).done == 0.0


def test_small_shares_are_not_compared_with_themselves() -> None:
    assert number(1e-6, [0.0, 0.0, 0.0, 1e-5]).noise < 0.01
    assert number(0.5, [0.49, 0.51, 0.49, 0.51]).noise > 0.01


def test_plain_data_tells_how_far_off() -> None:
    told = number(2.0, [2.1, 2.3, 2.1, 2.3]).to_json()
    assert told["off"] == pytest.approx(0.1)
    assert told["off_standard_errors"] == pytest.approx(0.2 / told["standard_error"])
    assert told["agrees"] is False
