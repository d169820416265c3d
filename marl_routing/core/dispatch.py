"""Central dispatch: offer a ticket, place it or hold it back, the clock standing still."""

from marl_routing.core.actions import can_accept, can_take, refuse
from marl_routing.core.compiler import kernel
from marl_routing.core.lifecycle import accept
from marl_routing.core.queue import first_of_group, next_in_group, num_groups, precedes
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
    for category in range(desk.queued.shape[0]):
        desk.in_demand[category] = _has_taker(rules, desk, category)
    best = NO_TICKET
    for group in range(num_groups(rules, desk)):
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


@kernel
def list_open(rules: Record, desk: Record, tickets: Record) -> None:
    """Write all open tickets: what each agent holds in turn, then the queue in order, then -1."""
    end = 0
    for agent in range(desk.held_count.shape[0]):
        for place in range(desk.held_count[agent]):
            tickets[end] = desk.held[agent, place]
            end += 1
    for group in range(num_groups(rules, desk)):
        desk.reached[group] = first_of_group(rules, desk, group)
    for place in range(end, tickets.shape[0]):
        tickets[place] = _next_of_queue(rules, desk)


@kernel
def _next_of_queue(rules: Record, desk: Record) -> int:
    """Step past the first of the tickets that the groups have reached; NO_TICKET at the end."""
    best, its_group = NO_TICKET, 0
    for group in range(num_groups(rules, desk)):
        index = desk.reached[group]
        if index >= 0 and (best < 0 or precedes(rules, desk.tickets[index], desk.tickets[best])):
            best, its_group = int(index), group
    if best >= 0:
        desk.reached[its_group] = next_in_group(rules, desk, best)
    return best
