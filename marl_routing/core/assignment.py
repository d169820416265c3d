"""Accepts are cleared slot by slot: of several agents on one ticket, arbitration chooses one."""

from marl_routing.core.arbitration import sort_by_claim, wins_over
from marl_routing.core.compiler import kernel, only_with
from marl_routing.core.events import LOST, NOBODY, keeps_log, note
from marl_routing.core.lifecycle import accept
from marl_routing.core.queue import first_of_group, group_of, next_in_group
from marl_routing.core.record import QUEUED, Record
from marl_routing.core.reward import credit_agent
from marl_routing.core.settling import is_open_to
from marl_routing.core.terms import LOST_ACCEPT

NO_TICKET = -1


@kernel
def assign(rules: Record, desk: Record, asked: int) -> None:
    """Give every claimed ticket to the best claimant, then settle with the losers.

    Args:
        rules, desk: records; desk.chosen holds each agent's slot or -1.
        asked: how many agents chose a slot.
    """
    losers = _find_winners(rules, desk, asked)
    if rules.next_of_category or keeps_log(desk):  # to others the order of losers is all one
        sort_by_claim(rules, desk, desk.group, desk.order, losers)
    for slot in range(desk.winner.shape[0]):
        if desk.winner[slot] >= 0:
            accept(rules, desk, int(desk.slots[slot]), int(desk.winner[slot]))
    desk.reached[:] = NO_TICKET
    for i in range(losers):
        _give_next(rules, desk, int(desk.group[i]))


@kernel
def _find_winners(rules: Record, desk: Record, asked: int) -> int:
    """Write desk.winner of each slot and, into desk.group, the losers; return their number."""
    desk.winner[:] = NOBODY
    losers = 0
    for agent in range(desk.chosen.shape[0]):
        slot = desk.chosen[agent]
        if slot < 0:
            continue
        loser, winner = agent, desk.winner[slot]
        if winner < 0 or wins_over(rules, desk, desk.tickets[desk.slots[slot]], agent, winner):
            desk.winner[slot] = agent
            loser = winner
        if loser >= 0:
            desk.group[losers] = loser
            losers += 1
        asked -= 1
        if asked == 0:
            break
    return losers


@kernel
def _next_of_category(rules: Record, desk: Record, agent: int) -> int:
    """The first ticket of the chosen slot's category that is open to a loser, -1 if none is."""
    category = desk.slot_category[desk.chosen[agent]]
    if desk.queued[category] == 0:
        return NO_TICKET
    index = _first_left(rules, desk, category)
    while index >= 0:
        ticket = desk.tickets[index]
        waits = ticket.category == category and ticket.holder == QUEUED
        if waits and is_open_to(rules, desk, agent, index):
            desk.reached[category] = index
            break
        index = next_in_group(rules, desk, index)
    return index


def _after_last(rules: Record, desk: Record, category: int) -> int:
    """Tickets handed out since the search began still know what came after them."""
    last = int(desk.reached[category])
    if last < 0:
        return first_of_group(rules, desk, group_of(rules, category))
    return next_in_group(rules, desk, last)


@only_with("life", otherwise=_after_last)
def _first_left(rules: Record, desk: Record, category: int) -> int:
    """Where to look for a category's next ticket: what is not open to one may be to another."""
    return first_of_group(rules, desk, group_of(rules, category))


@kernel
def _give_next(rules: Record, desk: Record, agent: int) -> None:
    """A loser gets the category's next waiting ticket, if the rules say so and one waits."""
    if rules.next_of_category:
        index = _next_of_category(rules, desk, agent)
        if index >= 0:
            accept(rules, desk, index, agent)
            return
    desk.lost_accepts += 1
    credit_agent(desk, LOST_ACCEPT, agent, 1.0)
    ticket = desk.tickets[desk.slots[desk.chosen[agent]]]
    note(desk, LOST, ticket.number, agent, 0.0)
