"""Truthful and shaded bids, on real desks where the reward's weights are known."""

import numpy as np
import pytest

from marl_routing import DeskBatch, load_scenario
from marl_routing.policies import BidPolicy, list_policies, load_policy
from marl_routing.policies.truthful import service_values

DESK = load_scenario("auction_desk")
BIDDERS = [name for name in list_policies(bidding=True) if name not in list_policies()]


def desks_of(weights: dict[str, float], steps: int = 30, num_envs: int = 8) -> DeskBatch:
    """Desks of `auction_desk` paid by these weights alone, somewhere in their day."""
    everything = dict.fromkeys(DESK.reward.weights.__class__.model_fields, 0.0) | weights
    scenario = load_scenario(DESK, reward={"weights": everything})
    desks = DeskBatch(scenario, num_envs)
    desks.reset(seed=0)
    generator = np.random.default_rng(0)
    for _ in range(steps):
        desks.step(generator.random((num_envs, 10, 10)))
    return desks


def bids_of(policy: str, desks: DeskBatch) -> np.ndarray:
    return np.asarray(load_policy(policy).act(desks.view(), desks.action_masks))


def test_the_bidders_are_listed_only_where_agents_bid() -> None:
    assert BIDDERS == ["truthful", "shaded"]
    assert all(isinstance(load_policy(name), BidPolicy) for name in BIDDERS)


@pytest.mark.parametrize("name", BIDDERS)
def test_bids_are_legal_float32_by_free_hands_only(name: str) -> None:
    desks = desks_of({"resolved": 1.0, "expertise_bonus": 1.0})
    view, bids = desks.view(), bids_of(name, desks)
    assert bids.dtype == np.float32
    assert bids.shape == (8, 10, 10)
    assert bids.max() <= 1.0
    may = desks.action_masks[:, :, 1:].astype(bool) & view.available[:, :, None]
    assert may.any()
    np.testing.assert_array_equal(bids > 0, may)


def test_a_truthful_bid_is_the_value_as_a_share_of_the_largest() -> None:
    desks = desks_of({"resolved": 1.0, "expertise_bonus": 3.0})
    view, bids = desks.view(), bids_of("truthful", desks)
    worth = 1.0 + 3.0 * view.expertise
    assert (bids > 0).any()
    for desk, agent, slot in zip(*np.nonzero(bids), strict=True):
        value = worth[agent, view.category[desk, slot]] / worth.max()
        assert bids[desk, agent, slot] == pytest.approx(value)


def test_urgent_and_slow_tickets_are_worth_less_where_handling_costs() -> None:
    desks = desks_of({"resolved": 20.0, "resolution_time": -0.1})
    view, bids = desks.view(), bids_of("truthful", desks)
    cost = 0.1 * view.handle_steps[:, :, None] * (4 - np.arange(4))
    values = np.maximum(20.0 - cost, 0.0)
    np.testing.assert_allclose(np.maximum(service_values(view), 0.0), values, rtol=1e-6)
    assert (bids > 0).any()
    for desk, agent, slot in zip(*np.nonzero(bids), strict=True):
        value = values[agent, view.category[desk, slot], view.priority[desk, slot]]
        assert bids[desk, agent, slot] == pytest.approx(value / values.max())


@pytest.mark.parametrize("weights", [{}, {"resolved": -1.0}, {"waiting": -1.0}])
def test_nobody_bids_for_what_pays_nothing(weights: dict[str, float]) -> None:
    assert not bids_of("truthful", desks_of(weights)).any()


def test_shading_is_a_share_of_the_truth() -> None:
    desks = desks_of({"resolved": 1.0, "expertise_bonus": 1.0})
    truth = bids_of("truthful", desks)
    np.testing.assert_allclose(bids_of("shaded", desks), 0.7 * truth, rtol=1e-6)
    np.testing.assert_allclose(bids_of("shaded:share=0.25", desks), 0.25 * truth, rtol=1e-6)
    np.testing.assert_array_equal(bids_of("shaded:share=1", desks), truth)


@pytest.mark.parametrize("share", ["1.5", "-0.1"])
def test_a_share_beyond_the_truth_is_refused(share: str) -> None:
    with pytest.raises(ValueError, match="policy shaded: share must be from 0 to 1"):
        load_policy(f"shaded:share={share}")
