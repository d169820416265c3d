"""Promises and patience: abandonment, and breaches of the first-response and resolution targets."""

from marl_routing.core.attainment import count_abandoned, is_measured
from marl_routing.core.breaches import miss_first_response, miss_resolution
from marl_routing.core.compiler import kernel
from marl_routing.core.events import ABANDONED_EVENT, note
from marl_routing.core.lifecycle import depart, remove_held
from marl_routing.core.queue import leave_queue
from marl_routing.core.record import (
    FIRST_RESPONSE,
    NUM_TIMERS,
    PATIENCE_ENDS,
    QUEUED,
    WHEEL,
    Record,
)
from marl_routing.core.reward import credit_desk
from marl_routing.core.terms import ABANDONED
from marl_routing.core.timers import next_due, stop_timer


@kernel
def abandon(rules: Record, desk: Record) -> None:
    """Tickets that were never worked on and whose patience ends now leave."""
    node = next_due(desk, desk.wheel[desk.step & (WHEEL - 1)], True)
    while node >= 0:
        index = node // NUM_TIMERS
        # Leaving takes the ticket's other timers off the wheel too, but nobody else's.
        node = next_due(desk, desk.tickets[index].timer_next[PATIENCE_ENDS], True)
        _abandon_ticket(rules, desk, index)


@kernel
def _abandon_ticket(rules: Record, desk: Record, index: int) -> None:
    ticket = desk.tickets[index]
    holder = ticket.holder
    if holder == QUEUED:
        leave_queue(rules, desk, index)
    else:
        remove_held(rules, desk, index)
    desk.abandoned += 1
    credit_desk(desk, ABANDONED, 1.0)
    note(desk, ABANDONED_EVENT, ticket.number, holder, desk.step - ticket.arrived)
    if is_measured(rules, ticket):
        waited = desk.step - ticket.arrived
        desk.kpi_abandoned += 1
        desk.abandoned_start_wait += waited
        if ticket.accepted < 0:
            desk.abandoned_unaccepted += 1
            desk.abandoned_accept_wait += waited
        count_abandoned(rules, desk, index)
    depart(desk, index)


@kernel
def breach(rules: Record, desk: Record) -> None:
    """Count each target whose deadline is reached unmet, once a target and ticket."""
    node = next_due(desk, desk.wheel[desk.step & (WHEEL - 1)], False)
    while node >= 0:
        index, timer = node // NUM_TIMERS, node % NUM_TIMERS
        after = desk.tickets[index].timer_next[timer]
        stop_timer(desk, index, timer)
        if timer == FIRST_RESPONSE:
            miss_first_response(rules, desk, index)
        else:
            miss_resolution(rules, desk, index)
        node = next_due(desk, after, False)
