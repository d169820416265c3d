"""The bid protocol: reading bids against the slots shown, and handing over what was won."""

from marl_routing.core.actions import can_take
from marl_routing.core.arbitration import tie_draw
from marl_routing.core.auction import clear
from marl_routing.core.compiler import kernel
from marl_routing.core.events import PAID, note
from marl_routing.core.lifecycle import accept
from marl_routing.core.parameters import SEQUENTIAL
from marl_routing.core.queue import precedes
from marl_routing.core.random import unit
from marl_routing.core.record import Record
from marl_routing.core.reward import credit_agent
from marl_routing.core.terms import PAYMENT

TIE_SIZE = 2.0**-30  # smaller than any difference of bids that matters


@kernel
def read_bids(rules: Record, desk: Record, bids: Record) -> int:
    """Write desk.auction's bids, clipped to [0, 1]; return how many there are.

    A bid of 0, below the reserve price, on a hole or on what the agent cannot take is no bid.
    """
    auction, count = desk.auction[0], 0
    for slot in range(desk.slots.shape[0]):
        index = int(desk.slots[slot])
        for agent in range(desk.held_count.shape[0]):
            auction.bid[agent, slot] = 0.0
            auction.worth[agent, slot] = 0.0
            # A comparison with nan is false, so nan is no bid.
            bid = min(1.0, bids[agent, slot]) if bids[agent, slot] > 0.0 else 0.0
            counts = index >= 0 and bid > 0.0 and bid >= rules.reserve_price
            if counts and can_take(rules, desk, agent, index):
                tie = TIE_SIZE * unit(tie_draw(desk, desk.tickets[index].number, agent))
                auction.bid[agent, slot] = bid
                auction.worth[agent, slot] = bid - rules.reserve_price + tie
                count += 1
    return count


@kernel
def sell(rules: Record, desk: Record) -> None:
    """Clear the bids; winners accept their tickets and pay."""
    auction = desk.auction[0]
    if rules.clearing == SEQUENTIAL:
        _order_slots(rules, desk)
    clear(auction, rules.clearing, rules.payment, rules.reserve_price)
    for agent in range(desk.held_count.shape[0]):
        slot = auction.win[agent]
        if slot >= 0:
            accept(rules, desk, int(desk.slots[slot]), agent)
            credit_agent(desk, PAYMENT, agent, auction.price[agent])
            number = desk.tickets[desk.slots[slot]].number
            note(desk, PAID, number, agent, auction.price[agent])


@kernel
def _order_slots(rules: Record, desk: Record) -> None:
    """Write auction.order: the slots that show a ticket, in the whole queue's order."""
    order, count = desk.auction[0].order, 0
    for slot in range(desk.slots.shape[0]):
        index = desk.slots[slot]
        if index < 0:
            continue
        place = count
        while place > 0:
            before = desk.slots[order[place - 1]]
            if precedes(rules, desk.tickets[before], desk.tickets[index]):
                break
            order[place] = order[place - 1]
            place -= 1
        order[place] = slot
        count += 1
    for place in range(count, order.shape[0]):
        order[place] = -1
