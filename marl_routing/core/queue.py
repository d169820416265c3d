"""The queue: doubly linked lists of tickets, each kept in queue order.

A group of lists is one category (window `per_category`) or the whole desk (`oldest`); with the
order `priority` a group has one list a priority. So leaving is O(1), and so is joining for a new
ticket: with the order `deadline` it belongs at or soon after the latest of its priority, where the
search begins. What comes back is looked for from the front on, where it mostly stood.
"""

from marl_routing.core.compiler import kernel, only_with
from marl_routing.core.parameters import BY_DEADLINE, BY_PRIORITY
from marl_routing.core.record import QUEUED, Record
from marl_routing.core.settling import waits


@kernel
def num_levels(rules: Record) -> int:
    """Lists of one group."""
    return int(rules.priority_cdf.shape[1]) if rules.queue_order == BY_PRIORITY else 1


@kernel
def group_of(rules: Record, category: int) -> int:
    """The group of lists in which tickets of a category wait."""
    return category if rules.per_category else 0


@kernel
def _list_of(rules: Record, ticket: Record) -> int:
    group = group_of(rules, ticket.category)
    if rules.queue_order == BY_PRIORITY:
        return group * int(rules.priority_cdf.shape[1]) + int(ticket.priority)
    return group


@kernel
def precedes(rules: Record, ticket: Record, other: Record) -> bool:
    """Whether `ticket` comes before `other` in the whole queue's order."""
    if rules.queue_order == BY_PRIORITY and ticket.priority != other.priority:
        return bool(ticket.priority < other.priority)
    if rules.queue_order == BY_DEADLINE and ticket.due != other.due:
        return bool(ticket.due < other.due)
    return bool(ticket.number < other.number)


@kernel
def join_queue(rules: Record, desk: Record, index: int) -> None:
    """Put a ticket at its place."""
    ticket = desk.tickets[index]
    which = _list_of(rules, ticket)
    after = desk.tail[which]
    if rules.queue_order == BY_DEADLINE:
        after = desk.latest[which, ticket.priority]
        if ticket.accepted < 0:
            desk.latest[which, ticket.priority] = index
    if after >= 0 and precedes(rules, ticket, desk.tickets[after]):
        after = -1
    following = desk.tickets[after].next if after >= 0 else desk.head[which]
    while following >= 0 and precedes(rules, desk.tickets[following], ticket):
        after = following
        following = desk.tickets[after].next
    ticket.holder = QUEUED
    ticket.previous = after
    ticket.next = following
    if after >= 0:
        desk.tickets[after].next = index
    else:
        desk.head[which] = index
    if following >= 0:
        desk.tickets[following].previous = index
    else:
        desk.tail[which] = index
    desk.queued[ticket.category] += 1
    desk.num_queued += 1


@kernel
def queue_transit(rules: Record, desk: Record) -> None:
    """Tickets that agents gave back in this step join the queue."""
    for i in range(desk.num_transit):
        join_queue(rules, desk, int(desk.transit[i]))
    desk.num_transit = 0


@kernel
def leave_queue(rules: Record, desk: Record, index: int) -> None:
    """Take a ticket out, wherever it stands."""
    ticket = desk.tickets[index]
    which = _list_of(rules, ticket)
    if ticket.previous >= 0:
        desk.tickets[ticket.previous].next = ticket.next
    else:
        desk.head[which] = ticket.next
    if ticket.next >= 0:
        desk.tickets[ticket.next].previous = ticket.previous
    else:
        desk.tail[which] = ticket.previous
    if rules.queue_order == BY_DEADLINE:
        for priority in range(desk.latest.shape[1]):
            if desk.latest[which, priority] == index:
                desk.latest[which, priority] = ticket.previous
    desk.queued[ticket.category] -= 1
    desk.num_queued -= 1


@kernel
def first_of_group(rules: Record, desk: Record, group: int) -> int:
    """Index of the group's first ticket in queue order, -1 if it is empty."""
    levels = num_levels(rules)
    for which in range(group * levels, (group + 1) * levels):
        if desk.head[which] >= 0:
            return int(desk.head[which])
    return -1


@kernel
def next_in_group(rules: Record, desk: Record, index: int) -> int:
    """Index of the ticket after `index` in its group, -1 at the end."""
    ticket = desk.tickets[index]
    if ticket.next >= 0:
        return int(ticket.next)
    if rules.queue_order != BY_PRIORITY:
        return -1
    levels = num_levels(rules)
    which = _list_of(rules, ticket)
    for later in range(which + 1, (which // levels + 1) * levels):
        if desk.head[later] >= 0:
            return int(desk.head[later])
    return -1


@kernel
def num_groups(rules: Record, desk: Record) -> int:
    """Groups of lists that make up the queue."""
    return int(desk.queued.shape[0]) if rules.per_category else 1


@kernel
def fill_slots(rules: Record, desk: Record) -> None:
    """Show the window: desk.slots and desk.slot_category, -1 in holes."""
    groups = num_groups(rules, desk)
    window = desk.slots.shape[0] // groups
    for group in range(groups):
        _fill_group(rules, desk, group, group * window, (group + 1) * window)


def _fill_in_order(rules: Record, desk: Record, group: int, start: int, stop: int) -> None:
    index = first_of_group(rules, desk, group)
    for slot in range(start, stop):
        desk.slots[slot] = index
        if index >= 0:
            desk.slot_category[slot] = desk.tickets[index].category
            index = next_in_group(rules, desk, index)
        else:
            desk.slot_category[slot] = -1


@only_with("life", otherwise=_fill_in_order)
def _fill_group(rules: Record, desk: Record, group: int, start: int, stop: int) -> None:
    """First the tickets that wait for no other: the others must not hide what can be taken."""
    for slot in range(start, stop):
        desk.slots[slot] = -1
        desk.slot_category[slot] = -1
        desk.histories[slot] = 0.0
    slot = _fill_with(rules, desk, group, start, stop, False)
    queued = desk.queued[group] if rules.per_category else desk.num_queued
    if slot < min(stop, start + queued):
        _fill_with(rules, desk, group, slot, stop, True)


@kernel
def _fill_with(
    rules: Record, desk: Record, group: int, start: int, stop: int, waiting: bool
) -> int:
    """Show tickets that wait, or do not, in the queue's order; return the next slot."""
    slot, index = start, first_of_group(rules, desk, group)
    while index >= 0 and slot < stop:
        if waits(desk, index) == waiting:
            desk.slots[slot] = index
            desk.slot_category[slot] = desk.tickets[index].category
            desk.histories[slot] = waiting
            slot += 1
        index = next_in_group(rules, desk, index)
    return slot
