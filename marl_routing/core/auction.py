"""Clearing of bids: who wins which ticket, and at what price. Knows bids, not desks.

Equal bids are told apart by a seeded draw of at most 2^-30 that the caller adds to `worth`.
"""

from marl_routing.core.compiler import entry, kernel
from marl_routing.core.optimal import assign_optimally, total_worth
from marl_routing.core.parameters import (
    FIRST_PRICE,
    GREEDY,
    NO_PAYMENT,
    SECOND_PRICE,
    SEQUENTIAL,
)
from marl_routing.core.record import Record


@kernel
def clear(auction: Record, clearing: int, payment: int, reserve: float) -> None:
    """Write auction.win and auction.price.

    `sequential` sells the slots in `order`, one win an agent; `greedy` the best pair first;
    `optimal` finds the largest total. Second price (Vickrey 1961): the best losing bid on the same
    ticket, at least the reserve price. VCG (Clarke 1971): what the winner's presence costs others.
    """
    auction.win[:] = -1
    auction.price[:] = 0.0
    auction.buyer[:] = -1
    if clearing == SEQUENTIAL:
        _sell_in_order(auction, payment, reserve)
    elif clearing == GREEDY:
        _sell_best_first(auction, payment, reserve)
    else:
        _sell_optimally(auction, payment, reserve)


@entry
def clear_auctions(auctions: Record, clearing: int, payment: int, reserve: float) -> None:
    """Clear each record of an array: the clearing code alone, without a desk."""
    for i in range(auctions.shape[0]):
        clear(auctions[i], clearing, payment, reserve)


@kernel
def _best_rival(auction: Record, slot: int, besides: int) -> int:
    """Of the agents that won nothing yet, the one to whom the slot is worth most, or -1."""
    best = -1
    for agent in range(auction.win.shape[0]):
        most = auction.worth[best, slot] if best >= 0 else 0.0
        if auction.win[agent] < 0 and agent != besides and auction.worth[agent, slot] > most:
            best = agent
    return best


@kernel
def _price(auction: Record, agent: int, slot: int, payment: int, reserve: float) -> float:
    if payment == NO_PAYMENT:
        return 0.0
    if payment == FIRST_PRICE:
        return float(auction.bid[agent, slot])
    rival = _best_rival(auction, slot, agent)
    return max(reserve, auction.bid[rival, slot]) if rival >= 0 else reserve


@kernel
def _sell(auction: Record, agent: int, slot: int, payment: int, reserve: float) -> None:
    auction.price[agent] = _price(auction, agent, slot, payment, reserve)
    auction.win[agent] = slot
    auction.buyer[slot] = agent


@kernel
def _sell_in_order(auction: Record, payment: int, reserve: float) -> None:
    for i in range(auction.order.shape[0]):
        slot = auction.order[i]
        if slot < 0:
            break
        winner = _best_rival(auction, slot, -1)
        if winner >= 0:
            _sell(auction, winner, slot, payment, reserve)


@kernel
def _sell_best_first(auction: Record, payment: int, reserve: float) -> None:
    for slot in range(auction.buyer.shape[0]):
        auction.favourite[slot] = _best_rival(auction, slot, -1)
    while True:
        best = _best_slot(auction)
        if best < 0:
            break
        _sell(auction, int(auction.favourite[best]), best, payment, reserve)


@kernel
def _best_slot(auction: Record) -> int:
    """The unsold slot of the best pair, -1 if there is none."""
    best, most = -1, 0.0
    for slot in range(auction.buyer.shape[0]):
        agent = auction.favourite[slot]
        if auction.buyer[slot] >= 0 or agent < 0 or auction.worth[agent, slot] <= most:
            continue
        if auction.win[agent] >= 0:  # it is another's now, and worth no more
            agent = _best_rival(auction, slot, -1)
            auction.favourite[slot] = agent
        if agent >= 0 and auction.worth[agent, slot] > most:
            best, most = slot, auction.worth[agent, slot]
    return best


@kernel
def _sell_optimally(auction: Record, payment: int, reserve: float) -> None:
    assign_optimally(auction, -1, 0.0)
    total = total_worth(auction)
    slots = auction.buyer.shape[0]
    for agent in range(auction.win.shape[0]):
        slot = auction.slot_of[agent]
        if slot < slots and auction.worth[agent, slot] > 0.0:
            auction.win[agent] = slot
            auction.buyer[slot] = agent
    for agent in range(auction.win.shape[0]):
        slot = auction.win[agent]
        if slot < 0:
            continue
        if payment <= SECOND_PRICE:
            auction.price[agent] = _price(auction, agent, slot, payment, reserve)
        else:
            others = total - auction.worth[agent, slot]
            assign_optimally(auction, agent, 0.0)
            auction.price[agent] = reserve + max(0.0, total_worth(auction) - others)
