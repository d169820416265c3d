"""Deadlines that move: escalation, deferral, and the SLA clock's pauses."""

from marl_routing.core.attainment import is_paused, next_clock
from marl_routing.core.breaches import miss_first_response, miss_resolution
from marl_routing.core.compiler import kernel
from marl_routing.core.events import DEFERRED, ESCALATED, note
from marl_routing.core.parameters import Rules
from marl_routing.core.queue import join_queue, leave_queue
from marl_routing.core.record import (
    FIRST_RESPONSE,
    NEVER,
    QUEUED,
    RESOLUTION,
    Record,
)
from marl_routing.core.timers import start_timer, stop_timer, timer_step


@kernel
def can_escalate(desk: Record, index: int) -> bool:
    """Whether there is a more urgent priority."""
    return bool(desk.tickets[index].priority > 0)


@kernel
def can_defer(rules: Record, desk: Record, index: int) -> bool:
    """Whether there is a deadline still ahead that was not put off too often."""
    ticket = desk.tickets[index]
    ahead = (ticket.due < NEVER) & (ticket.breached == 0)
    return bool(ahead & (desk.life[index].deferrals < rules.most_deferrals))


@kernel
def escalate(rules: Rules, desk: Record, index: int) -> None:
    """One level more urgent, with that level's deadlines: never later, never in the past."""
    ticket, life = desk.tickets[index], desk.life[index]
    priorities = desk.met.shape[0]
    _lift(rules.desk[0], desk, index)
    ticket.priority -= 1
    column, soonest = 1 + ticket.priority, next_clock(rules.desk[0], desk, index)
    if not ticket.breached:
        due = _moved(rules, rules.calendar[ticket.arrived, priorities + column], life.paused)
        ticket.due = max(soonest, min(ticket.due, due))
        scale_age(rules.desk[0], ticket)
    if _awaits_response(ticket):
        due = _moved(rules, rules.calendar[ticket.arrived, column], life.paused)
        ticket.first_due = max(soonest, min(ticket.first_due, due))
    _put_down(rules.desk[0], desk, index)
    desk.escalated += 1
    note(desk, ESCALATED, ticket.number, ticket.holder, ticket.priority)


@kernel
def defer(rules: Record, desk: Record, index: int) -> None:
    """Later deadlines, by the scenario's `defer_steps`."""
    ticket, life = desk.tickets[index], desk.life[index]
    _lift(rules, desk, index)
    ticket.due += rules.defer_steps
    scale_age(rules, ticket)
    if _awaits_response(ticket) and ticket.first_due < NEVER:
        ticket.first_due += rules.defer_steps
    life.deferrals += 1
    _put_down(rules, desk, index)
    desk.deferred += 1
    note(desk, DEFERRED, ticket.number, ticket.holder, life.deferrals)


@kernel
def _awaits_response(ticket: Record) -> bool:
    return bool(ticket.served == 0 and not ticket.first_breached)


@kernel
def scale_age(rules: Record, ticket: Record) -> None:
    """After a new deadline: by what a ticket's age is divided in observations."""
    target = ticket.due - ticket.arrived if ticket.due < NEVER else rules.horizon_steps
    ticket.inverse_target = 1.0 / target


@kernel
def _lift(rules: Record, desk: Record, index: int) -> None:
    """Out of the queue and off the timers, both of which go by what is about to change."""
    if desk.tickets[index].holder == QUEUED:
        leave_queue(rules, desk, index)
    stop_deadlines(desk, index)


@kernel
def _put_down(rules: Record, desk: Record, index: int) -> None:
    if desk.tickets[index].holder == QUEUED:
        join_queue(rules, desk, index)
    if not is_paused(rules, desk, index):
        start_deadlines(rules, desk, index)


@kernel
def stop_deadlines(desk: Record, index: int) -> None:
    """No deadline of the ticket passes from now on."""
    stop_timer(desk, index, FIRST_RESPONSE)
    stop_timer(desk, index, RESOLUTION)


@kernel
def start_deadlines(rules: Record, desk: Record, index: int) -> None:
    """The deadlines that are still ahead count again; one that a pause ends at is missed now."""
    ticket = desk.tickets[index]
    if not ticket.breached:
        if timer_step(desk, index, RESOLUTION) > desk.step:
            start_timer(desk, rules.horizon_steps, index, RESOLUTION)
        else:
            miss_resolution(rules, desk, index)
    if _awaits_response(ticket):
        if timer_step(desk, index, FIRST_RESPONSE) > desk.step:
            start_timer(desk, rules.horizon_steps, index, FIRST_RESPONSE)
        else:
            miss_first_response(rules, desk, index)


@kernel
def end_pause(rules: Rules, desk: Record, index: int) -> int:
    """Move every deadline that is still ahead by the SLA-clock steps since the pending began.

    Returns:
        That number of steps.
    """
    ticket, life = desk.tickets[index], desk.life[index]
    last, steps = rules.calendar.shape[1] - 1, 0
    for step in range(life.pending_since, desk.step):
        steps += rules.calendar[step, last]
    clock = next_clock(rules.desk[0], desk, index)
    if clock <= life.original_due:
        life.original_due = _moved(rules, life.original_due, steps)
    if clock <= life.original_first_due and ticket.served == 0:
        life.original_first_due = _moved(rules, life.original_first_due, steps)
    life.paused += steps
    if not ticket.breached:
        ticket.due = _moved(rules, ticket.due, steps)
        scale_age(rules.desk[0], ticket)
    if _awaits_response(ticket):
        ticket.first_due = _moved(rules, ticket.first_due, steps)
    start_deadlines(rules.desk[0], desk, index)
    return steps


@kernel
def _moved(rules: Rules, due: int, steps: int) -> int:
    """A deadline later by steps that count for the SLA clock; beyond the horizon all do."""
    if due >= NEVER:
        return NEVER
    last, rows = rules.calendar.shape[1] - 1, rules.calendar.shape[0]
    while steps > 0:
        steps -= 1 if due >= rows else rules.calendar[due, last]
        due += 1
    return due
