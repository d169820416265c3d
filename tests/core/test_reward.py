"""Reward: what the terms make of it, and the user's own terms."""

from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from marl_routing import DeskBatch
from marl_routing.core.batch import Batch
from marl_routing.core.terms import TERMS
from marl_routing.core.user_terms import RewardTerm
from marl_routing.scenario import Scenario, compile_scenario, load_scenario
from marl_routing.scenario.checks_of_customers import PAID_FOR_TALKING
from tests.core.desks import any_actions, desks

SHORT = {"time.horizon_steps": 60}
PAID = [term for term in TERMS if term not in PAID_FOR_TALKING]  # where nobody talks

Floats = NDArray[np.float64]


def shared(own: Floats, sharing: float) -> Floats:
    pay: Floats = (1 - sharing) * own + sharing * own.mean(axis=1, keepdims=True)
    return pay


@settings(max_examples=25)
@given(
    desks(),
    st.lists(st.floats(-10, 10, width=32), min_size=len(PAID), max_size=len(PAID)),
    st.floats(0, 1),
)
def test_reward_is_weights_times_terms(
    scenario: Scenario, weights: list[float], sharing: float
) -> None:
    """And the KPIs are the sums of rewards and of terms."""
    by_name = dict(zip(PAID, weights, strict=True))
    paid = {"reward.weights": by_name, "reward.sharing": sharing, "reward.first_response_weight": 2}
    parameters = compile_scenario(load_scenario(scenario, **paid))
    batch, rng = Batch(parameters, 2, autoreset=False), np.random.default_rng(0)
    batch.reset(seed=0)
    rewards, sums = 0.0, dict.fromkeys(TERMS, 0.0)
    for _ in range(scenario.time.horizon_steps):
        batch.step(any_actions(batch, rng))
        terms = batch.terms()
        assert set(terms) == set(TERMS)
        own = np.sum(
            [weight * terms[name] for name, weight in by_name.items()], axis=0, dtype=float
        )
        np.testing.assert_allclose(batch.rewards, shared(own, sharing), rtol=1e-4, atol=1e-3)
        rewards += float(batch.rewards[1].sum())
        sums = {name: total + float(terms[name][1].sum()) for name, total in sums.items()}
    metrics = batch.metrics(1)
    assert metrics["reward"] == pytest.approx(rewards, rel=1e-4, abs=1e-2)
    for name, total in sums.items():
        assert metrics[f"term_{name}"] == pytest.approx(total, rel=1e-4, abs=1e-2), name


def crowding(batch: Batch) -> Floats:
    """A Python term: what an agent holds, squared, and a tenth of the desk's queue."""
    term: Floats = batch.states["held_count"] ** 2 + 0.1 * batch.states["num_queued"][:, None]
    return term


@numba.njit
def crowding_of_agent(rules: Any, desk: Any, agent: int) -> float:
    return float(desk.held_count[agent] ** 2 + 0.1 * desk.num_queued)


@pytest.mark.parametrize("sharing", [0.0, 0.3, 1.0])
def test_user_terms_in_python_and_compiled_are_one(sharing: float) -> None:
    """Both see the desk's end before it begins anew, are weighed, shared, and in the KPIs."""
    scenario = load_scenario("saas_balanced", **SHORT | {"reward.sharing": sharing})
    forms = [
        RewardTerm("crowding", -0.5, crowding),
        RewardTerm("crowding", -0.5, crowding_of_agent, compiled=True),
    ]
    plain = Batch(compile_scenario(scenario), 3, autoreset=False)
    batches = [DeskBatch(scenario, 3, reward_terms=[term]) for term in forms]
    for batch in (plain, *batches):
        batch.reset(seed=0)
    rng, total = np.random.default_rng(0), 0.0
    for _ in range(60):
        actions = any_actions(plain, rng)
        plain.step(actions)
        own = shared(-0.5 * crowding(plain), sharing)
        for batch in batches:
            batch.step(actions)
            np.testing.assert_allclose(batch.rewards, plain.rewards + own, rtol=1e-5, atol=1e-4)
        total += float(batches[0].rewards[2].sum())
    for batch in batches:
        final = batch.final_metrics[2]
        assert final is not None
        assert final["reward"] == pytest.approx(total, rel=1e-5)


def test_several_user_terms_add_up() -> None:
    ones = RewardTerm("ones", 2.0, lambda batch: np.ones_like(batch.rewards))
    halves = RewardTerm("halves", 3.0, lambda batch: np.full(batch.rewards.shape, 0.5))
    with_terms, plain = (
        DeskBatch("small_desk", reward_terms=[ones, halves]),
        DeskBatch("small_desk"),
    )
    for batch in (with_terms, plain):
        batch.reset(seed=0)
        batch.step(np.zeros((1, 2), np.int32))
    np.testing.assert_allclose(with_terms.rewards, plain.rewards + 3.5, rtol=1e-6)


def test_a_user_term_of_another_shape_is_refused() -> None:
    batch = DeskBatch("small_desk", reward_terms=[RewardTerm("odd", 1.0, lambda _: np.zeros(2))])
    batch.reset(seed=0)
    with pytest.raises(ValueError, match=r"'odd': expected an array of shape \(1, 2\), got \(2,\)"):
        batch.step(np.zeros((1, 2), np.int32))
