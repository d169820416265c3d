"""What auctions promise, on the clearing code alone with drawn private values."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from marl_routing.core.auction import clear_auctions
from marl_routing.core.auction_record import auction_dtype
from marl_routing.core.parameters import (
    FIRST_PRICE,
    GREEDY,
    NO_PAYMENT,
    OPTIMAL,
    SECOND_PRICE,
    SEQUENTIAL,
    VCG,
)

AGENTS, SLOTS = 4, 3
TRIES = 100_000
CLEARINGS = [SEQUENTIAL, GREEDY, OPTIMAL]
Floats = NDArray[np.float64]


def clear(bids: Floats, clearing: int, payment: int, reserve: float = 0.0) -> NDArray[np.void]:
    """Clear (n, agents, slots) bids; slots are sold from the first to the last."""
    auctions = np.zeros(len(bids), auction_dtype(*bids.shape[1:]))
    counts = (bids > 0.0) & (bids >= reserve)
    auctions["bid"] = np.where(counts, bids, 0.0)
    auctions["worth"] = np.where(counts, bids - reserve + 1e-13, 0.0)
    auctions["order"] = np.arange(bids.shape[2])
    clear_auctions(auctions, clearing, payment, reserve)
    return auctions


def gains(auctions: NDArray[np.void], values: Floats) -> Floats:
    """Value won less price paid, (n, agents)."""
    won = np.take_along_axis(values, np.maximum(auctions["win"], 0)[:, :, None], axis=2)[:, :, 0]
    return np.where(auctions["win"] >= 0, won - auctions["price"], 0.0)


def best_deviation(clearing: int, payment: int, slots: int, reserve: float = 0.0) -> float:
    """The most that agent 0 gains by one random lie, over TRIES drawn values and lies."""
    generator = np.random.default_rng(0)
    values = generator.random((TRIES, AGENTS, slots))
    lies = values.copy()
    lies[:, 0] = generator.random((TRIES, slots)) * generator.integers(0, 2, (TRIES, slots))
    honest = gains(clear(values, clearing, payment, reserve), values)[:, 0]
    lying = gains(clear(lies, clearing, payment, reserve), values)[:, 0]
    return float((lying - honest).max())


@pytest.mark.parametrize("clearing", CLEARINGS)
@pytest.mark.parametrize("reserve", [0.0, 0.3])
def test_second_price_for_one_ticket_leaves_no_profitable_lie(
    clearing: int, reserve: float
) -> None:
    assert best_deviation(clearing, SECOND_PRICE, 1, reserve) <= 1e-9


@pytest.mark.parametrize("reserve", [0.0, 0.3])
def test_vcg_leaves_no_profitable_lie_across_tickets(reserve: float) -> None:
    assert best_deviation(OPTIMAL, VCG, SLOTS, reserve) <= 1e-9


def test_first_price_rewards_shading() -> None:
    assert best_deviation(SEQUENTIAL, FIRST_PRICE, 1) > 0.1


def test_sequential_second_price_over_several_tickets_can_be_gamed() -> None:
    assert best_deviation(SEQUENTIAL, SECOND_PRICE, SLOTS) > 0.1


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (10, 10), (1, 4), (6, 1)])
def test_optimal_clearing_finds_the_total_of_scipy(shape: tuple[int, int]) -> None:
    generator = np.random.default_rng(1)
    bids = generator.random((300, *shape)) * (generator.random((300, *shape)) < 0.7)
    auctions = clear(bids, OPTIMAL, NO_PAYMENT)
    for auction, table in zip(auctions, bids, strict=True):
        rows, columns = linear_sum_assignment(table, maximize=True)
        winners = np.flatnonzero(auction["win"] >= 0)
        total = table[winners, auction["win"][winners]].sum()
        assert total == pytest.approx(table[rows, columns].sum(), abs=1e-9)


@pytest.mark.parametrize("clearing", CLEARINGS)
@pytest.mark.parametrize("payment", [NO_PAYMENT, FIRST_PRICE, SECOND_PRICE])
@pytest.mark.parametrize("reserve", [0.0, 0.4])
def test_wins_and_prices_are_lawful(clearing: int, payment: int, reserve: float) -> None:
    generator = np.random.default_rng(2)
    bids = generator.random((2000, AGENTS, SLOTS)) * (generator.random((2000, AGENTS, SLOTS)) < 0.6)
    auctions = clear(bids, clearing, payment, reserve)
    for auction, table in zip(auctions, bids, strict=True):
        winners = np.flatnonzero(auction["win"] >= 0)
        slots = auction["win"][winners]
        assert len(set(slots.tolist())) == len(slots), "a ticket went to two agents"
        paid, offered = auction["price"][winners], table[winners, slots]
        assert (offered >= reserve).all()
        assert (offered > 0).all()
        assert (paid <= offered + 1e-12).all()
        assert (auction["price"][auction["win"] < 0] == 0).all()
        if payment == NO_PAYMENT:
            assert (paid == 0).all()
        elif payment == FIRST_PRICE:
            assert (paid == offered).all()
        else:
            assert (paid >= reserve - 1e-12).all()


def test_greedy_sells_the_best_pair_first() -> None:
    bids = np.array([[[0.5, 0.9], [0.6, 0.8]]])
    (auction,) = clear(bids, GREEDY, SECOND_PRICE)
    assert auction["win"].tolist() == [1, 0]
    assert auction["price"].tolist() == [0.8, 0.0]


def test_sequential_sells_in_order_and_one_win_an_agent() -> None:
    bids = np.array([[[0.6, 0.9], [0.5, 0.1]]])
    (auction,) = clear(bids, SEQUENTIAL, SECOND_PRICE, 0.05)
    assert auction["win"].tolist() == [0, 1]
    assert auction["price"].tolist() == [0.5, 0.05]


def test_vcg_price_is_the_harm_to_the_others() -> None:
    bids = np.array([[[0.9, 0.0], [0.8, 0.5], [0.0, 0.3]]])
    (auction,) = clear(bids, OPTIMAL, VCG)
    assert auction["win"].tolist() == [0, 1, -1]
    # Without agent 0 the others reach 1.1 instead of 0.5; without agent 1, 1.2 instead of 0.9.
    assert auction["price"] == pytest.approx([0.6, 0.3, 0.0], abs=1e-9)
