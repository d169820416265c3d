"""Who wins the tickets that agents bid for, and at what price."""

import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from marl_routing.core.parameters import (
    FIRST_PRICE,
    NO_PAYMENT,
    OPTIMAL,
    SECOND_PRICE,
    SEQUENTIAL,
    VCG,
)
from tests.oracle.draws import Draws
from tests.oracle.tickets import Agent, Ticket

TIE = 2.0**-30  # a tie draw weighs less than any difference of bids that matters


class Offer(NamedTuple):
    """A bid that counts."""

    agent: Agent
    ticket: Ticket
    bid: float
    worth: float  # over the reserve price, ties told apart


Sale = tuple[Offer, float]  # the offer that wins, and the price


class Auction:
    """The scenario's clearing and payment."""

    def __init__(self, rules: SimpleNamespace, draws: Draws) -> None:
        self.rules = rules
        self.draws = draws

    def offers(
        self,
        agents: Sequence[Agent],
        slots: Sequence[Ticket | None],
        bids: Sequence[Sequence[float]],
        clock: int,
    ) -> list[Offer]:
        """The bids that count, of one number per agent and slot, in order of slots and agents."""
        return [
            Offer(agent, ticket, bid, self._worth(agent, ticket, bid, clock))
            for ticket, column in zip(slots, zip(*bids, strict=True), strict=True)
            for agent, number in zip(agents, column, strict=True)
            if ticket is not None and agent.may_accept(ticket)
            if (bid := clipped(number)) > 0 and bid >= self.rules.reserve_price
        ]

    def _worth(self, agent: Agent, ticket: Ticket, bid: float, clock: int) -> float:
        draw = self.draws.uniform("tie", clock, ticket.number, agent.index)
        surplus: float = bid - self.rules.reserve_price
        return surplus + TIE * draw

    def sales(self, offers: list[Offer], queue: list[Ticket]) -> list[Sale]:
        """Clear the market; `queue` holds the queued tickets in their order."""
        if self.rules.clearing == OPTIMAL:
            return self._sell_at_once(offers)
        return self._sell_one_by_one(offers, queue)

    def _sell_one_by_one(self, offers: list[Offer], queue: list[Ticket]) -> list[Sale]:
        """Each sale takes its agent and its ticket off the market."""
        sales = []
        while offers:
            candidates = offers
            if self.rules.clearing == SEQUENTIAL:
                first = min((offer.ticket for offer in offers), key=queue.index)
                candidates = [offer for offer in offers if offer.ticket is first]
            best = max(candidates, key=worth)  # the first of equals
            agent, ticket, *_ = best
            rivals = [o for o in offers if o.ticket is ticket and o.agent is not agent]
            sales.append((best, self._price(best, rivals)))
            offers = [o for o in offers if o.ticket is not ticket and o.agent is not agent]
        return sales

    def _sell_at_once(self, offers: list[Offer]) -> list[Sale]:
        """The assignment of largest total worth."""
        won = best_assignment(offers)
        if self.rules.payment == VCG:
            return [(offer, self._harm(offer, won, offers)) for offer in won]
        winners = {offer.agent for offer in won}
        losing = [offer for offer in offers if offer.agent not in winners]
        return [
            (offer, self._price(offer, [o for o in losing if o.ticket is offer.ticket]))
            for offer in won
        ]

    def _price(self, offer: Offer, rivals: list[Offer]) -> float:
        if self.rules.payment == NO_PAYMENT:
            return 0.0
        if self.rules.payment == FIRST_PRICE:
            return offer.bid
        assert self.rules.payment == SECOND_PRICE
        reserve: float = self.rules.reserve_price
        return max(reserve, max(rivals, key=worth).bid) if rivals else reserve

    def _harm(self, offer: Offer, won: list[Offer], offers: list[Offer]) -> float:
        """The reserve price, and what the others lose by this agent's presence."""
        others = [o for o in offers if o.agent is not offer.agent]
        harm = total(best_assignment(others)) - (total(won) - offer.worth)
        return float(self.rules.reserve_price + max(0.0, harm))


def clipped(number: float) -> float:
    """A bid as it is read."""
    return 0.0 if math.isnan(number) else max(0.0, min(1.0, number))


def worth(offer: Offer) -> float:
    """What the clearings compare."""
    return offer.worth


def total(offers: list[Offer]) -> float:
    """The sum of worths."""
    return sum(offer.worth for offer in offers)


def best_assignment(offers: list[Offer]) -> list[Offer]:
    """The offers of largest total worth, at most one an agent and one a ticket."""
    rows = {agent: i for i, agent in enumerate({o.agent: None for o in offers})}
    columns = {ticket: i for i, ticket in enumerate({o.ticket: None for o in offers})}
    table = np.zeros((len(rows), len(columns)))
    for offer in offers:
        table[rows[offer.agent], columns[offer.ticket]] = offer.worth
    chosen = np.zeros(table.shape, np.bool_)
    chosen[linear_sum_assignment(table, maximize=True)] = True
    return [o for o in offers if chosen[rows[o.agent], columns[o.ticket]]]
