"""Central dispatch: offer a ticket, place it or hold it back, the clock standing still."""

from marl_routing.core.actions import can_accept, can_take, refuse
from marl_routing.core.compiler import kernel
from marl_routing.core.lifecycle import accept
from marl_routing.core.queue import first_of_group, next_in_group, precedes
from marl_routing.core.record import Record
from marl_routing.core.reward import charge_imbalance, clear_terms, pay
from marl_routing.core.settling import settle

NO_TICKET = -1


@kernel
def offer(rules: Record, desk: Record) -> int:
    """The first ticket of the whole queue that is undecided in this tick and can be taken.

    Returns:
        Its index in the record, or NO_TICKET.
    """
    categories = desk.queued.shape[0]
    for category in range(categories):
        desk.in_demand[category] = _has_taker(rules, desk, category)
    groups = categories if rules.per_category else 1
    best = NO_TICKET
    for group in range(groups):
        index = first_of_group(rules, desk, group)
        while index >= 0 and not _is_offerable(rules, desk, index):
            index = next_in_group(rules, desk, index)
        if index >= 0 and (best < 0 or precedes(rules, desk.tickets[index], desk.tickets[best])):
            best = index
    return best


@kernel
def _has_taker(rules: Record, desk: Record, category: int) -> bool:
    """Whether any agent could accept a ticket of this category."""
    agent, agents = 0, desk.held_count.shape[0]
    while agent < agents and not can_accept(rules, desk, agent, category):
        agent += 1
    return bool(agent < agents)


@kernel
def _is_offerable(rules: Record, desk: Record, index: int) -> bool:
    ticket = desk.tickets[index]
    if ticket.held_back == desk.step or not desk.in_demand[ticket.category]:
        return False
    agent, agents = 0, desk.held_count.shape[0]
    while agent < agents and not can_take(rules, desk, agent, index):
        agent += 1
    return bool(agent < agents)


@kernel
def hold_back(desk: Record, index: int) -> None:
    """Decide to leave a ticket in the queue until the clock moves."""
    desk.tickets[index].held_back = desk.step


@kernel
def place(rules: Record, desk: Record, index: int, agent: int, rewards: Record) -> None:
    """Assign a queued ticket now; what it earns is paid into `rewards` (agents,) float32.

    An agent that does not exist, or has no room or skill, is an illegal action: the ticket is held
    back instead, and the term is charged to the agent, if it exists.
    """
    clear_terms(rules, desk)
    exists = 0 <= agent < desk.held_count.shape[0]
    if exists and can_take(rules, desk, agent, index):
        accept(rules, desk, index, agent)
        charge_imbalance(rules, desk)
        settle(rules, desk)
    else:
        hold_back(desk, index)
        refuse(desk, agent)
    pay(rules, desk, rewards)
