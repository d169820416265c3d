import numpy as np

from marl_routing.policies.draws import Draws, _fold
from tests.oracle.draws import fold, mix, unit


def test_array_fold_is_the_desks() -> None:
    keys = [mix(seed) for seed in range(5)]
    counters = np.arange(5, dtype=np.uint64)
    expected = [fold(key, i) for i, key in enumerate(keys)]
    array = _fold(np.array(keys, np.uint64), counters)
    np.testing.assert_array_equal(array, np.array(expected, np.uint64))


def test_a_desk_draws_the_same_alone_and_in_a_batch() -> None:
    together, alone = Draws(), Draws()
    together.reset(5)
    alone.reset(7)
    for _ in range(3):
        np.testing.assert_array_equal(together.next(4, 6)[2], alone.next(1, 6)[0])


def test_draws_are_uniform_and_differ_between_calls_and_desks() -> None:
    draws = Draws()
    draws.reset(-1)
    first, second = draws.next(200, 50), draws.next(200, 50)
    assert abs(first.mean() - 0.5) < 0.01
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.03
    assert np.unique(first).size == first.size
    assert (first >= 0).all()
    assert (first < 1).all()


def test_reset_starts_again_and_seeds_differ() -> None:
    draws = Draws()
    draws.reset(3)
    first = draws.next(2, 3)
    draws.reset(3)
    np.testing.assert_array_equal(draws.next(2, 3), first)
    draws.reset(30)
    assert not np.array_equal(draws.next(2, 3), first)


def test_a_policys_stream_is_not_its_desks() -> None:
    draws = Draws()
    draws.reset(0)
    assert draws.next(1, 1)[0, 0] != unit(fold(mix(0), 0, 0))
