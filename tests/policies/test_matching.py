import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marl_routing.policies.matching import Matcher, agent_by_agent, best_pair_first

MATCHERS = [best_pair_first, agent_by_agent]


def random_desks(seed: int, shape: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.random(shape) < 0.4, rng.integers(0, 3, shape).astype(float)


@pytest.mark.parametrize("matcher", MATCHERS)
@given(
    seed=st.integers(0, 10_000),
    shape=st.tuples(st.integers(1, 5), st.integers(1, 6), st.integers(1, 6)),
)
def test_matches_are_legal_distinct_and_maximal(
    matcher: Matcher, seed: int, shape: tuple[int, int, int]
) -> None:
    legal, key = random_desks(seed, shape)
    ties = np.random.default_rng(seed + 1).random(shape[:2])
    actions = matcher((key,), legal, ties)
    assert actions.dtype == np.int32
    for desk in range(shape[0]):
        agents = np.flatnonzero(actions[desk])
        slots = actions[desk, agents] - 1
        assert legal[desk, agents, slots].all()
        assert len(set(slots)) == len(slots)
        left = legal[desk].copy()
        left[agents] = False
        left[:, slots] = False
        assert not left.any(), "a pair was possible and nobody made it"


@pytest.mark.parametrize("matcher", MATCHERS)
def test_a_desk_is_matched_the_same_alone_and_in_a_batch(matcher: Matcher) -> None:
    legal, key = random_desks(0, (20, 4, 5))
    ties = np.random.default_rng(1).random((20, 4))
    together = matcher((key,), legal, ties)
    for desk in range(20):
        one = slice(desk, desk + 1)
        np.testing.assert_array_equal(
            matcher((key[one],), legal[one], ties[one])[0], together[desk]
        )


def test_best_pair_first_takes_the_largest_value_wherever_it_stands() -> None:
    legal = np.ones((1, 2, 2), bool)
    values = np.array([[[5.0, 4.0], [6.0, 1.0]]])
    assert best_pair_first((values,), legal, np.zeros((1, 2))).tolist() == [[2, 1]]


def test_agents_choose_in_the_order_of_their_draws() -> None:
    legal = np.ones((1, 2, 2), bool)
    values = np.array([[[5.0, 4.0], [6.0, 1.0]]])
    assert agent_by_agent((values,), legal, np.array([[0.1, 0.2]])).tolist() == [[1, 2]]
    assert agent_by_agent((values,), legal, np.array([[0.2, 0.1]])).tolist() == [[2, 1]]


def test_later_keys_decide_only_what_earlier_ones_leave_equal() -> None:
    legal = np.ones((1, 1, 3), bool)
    first, second = np.array([[[1.0, 2.0, 2.0]]]), np.array([[[9.0, 1.0, 3.0]]])
    for matcher in MATCHERS:
        assert matcher((first, second), legal, np.zeros((1, 1))).tolist() == [[3]]


def test_a_desk_without_a_legal_pair_passes() -> None:
    for matcher in MATCHERS:
        actions = matcher((np.zeros((2, 3, 4)),), np.zeros((2, 3, 4), bool), np.zeros((2, 3)))
        assert not actions.any()
