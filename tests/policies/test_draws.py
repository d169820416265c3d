"""Draws of policies: the NumPy ones are the oracle's; that compiled rules draw alike, see there."""

import numpy as np

from tests.oracle.draws import fold, mix, unit
from tests.policies.by_numpy import ByNumpy

SALT = 0x5DEECE66D


def draws(seed: int, desks: int, width: int, calls: int = 1) -> np.ndarray:
    policy = ByNumpy("random")
    policy.reset(seed)
    return [policy.draws(desks, width) for _ in range(calls)][-1]


def test_draws_are_hashes_of_seed_call_and_agent() -> None:
    drawn = draws(5, 3, 4, calls=2)
    for desk in range(3):
        for agent in range(4):
            assert drawn[desk, agent] == unit(fold(mix((5 + desk) ^ SALT), 1, agent))


def test_draws_are_uniform_and_differ_between_calls_and_desks() -> None:
    first, second = draws(-1, 200, 50), draws(-1, 200, 50, calls=2)
    assert abs(first.mean() - 0.5) < 0.01
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.03
    assert np.unique(first).size == first.size
    assert (first >= 0).all()
    assert (first < 1).all()


def test_a_policys_stream_is_not_its_desks() -> None:
    assert draws(0, 1, 1)[0, 0] != unit(fold(mix(0), 0, 0))
