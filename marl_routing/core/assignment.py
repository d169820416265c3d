"""Accepts are cleared slot by slot: of several agents on one ticket, arbitration chooses one."""

from marl_routing.core.arbitration import sort_by_claim
from marl_routing.core.compiler import kernel
from marl_routing.core.events import LOST, note
from marl_routing.core.lifecycle import accept
from marl_routing.core.queue import first_of_group, group_of, next_in_group
from marl_routing.core.record import Record
from marl_routing.core.reward import credit_agent
from marl_routing.core.settling import is_open_to
from marl_routing.core.terms import LOST_ACCEPT


@kernel
def assign(rules: Record, desk: Record, asked: int) -> None:
    """Give every claimed ticket to the best claimant, then settle with the losers.

    Args:
        rules, desk: records; desk.chosen holds each agent's slot or -1.
        asked: how many agents chose a slot.
    """
    claims = desk.group
    count = 0
    for agent in range(desk.chosen.shape[0]):
        if desk.chosen[agent] >= 0:
            claims[count] = agent
            count += 1
        if count == asked:
            break
    sort_by_claim(rules, desk, claims, 0, count)
    losers, taken = 0, -1
    for i in range(count):
        slot = desk.chosen[claims[i]]
        if slot != taken:
            taken = slot
            accept(rules, desk, int(desk.slots[slot]), claims[i])
        else:
            claims[losers] = claims[i]
            losers += 1
    for i in range(losers):
        _give_next(rules, desk, claims[i])


@kernel
def _next_of_category(rules: Record, desk: Record, agent: int) -> int:
    """The first ticket of the chosen slot's category that is open to a loser, -1 if none is."""
    category = desk.slot_category[desk.chosen[agent]]
    index = first_of_group(rules, desk, group_of(rules, category))
    while index >= 0:
        if desk.tickets[index].category == category and is_open_to(rules, desk, agent, index):
            return index
        index = next_in_group(rules, desk, index)
    return -1


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
