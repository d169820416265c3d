"""A hashed timer wheel (Varghese & Lauck 1987): what is due is found without looking further."""

from marl_routing.core.compiler import kernel, only_with
from marl_routing.core.record import (
    FIRST_RESPONSE,
    NUM_TIMERS,
    RESOLUTION,
    WHEEL,
    Record,
)

NOTHING = -1
_UNSET = -2  # timer_previous of a timer that is not running


def _in_force(desk: Record, index: int, timer: int) -> int:
    ticket = desk.tickets[index]
    return int(ticket.first_due if timer == FIRST_RESPONSE else ticket.due)


@only_with("life", otherwise=_in_force)
def deadline(desk: Record, index: int, timer: int) -> int:
    """The deadline in force or, if it is earlier, the original one: no breach is put off."""
    ticket, life = desk.tickets[index], desk.life[index]
    if timer == FIRST_RESPONSE:
        return int(min(ticket.first_due, life.original_first_due))
    return int(min(ticket.due, life.original_due))


@kernel
def timer_step(desk: Record, index: int, timer: int) -> int:
    """The step at which one of a ticket's timers goes off."""
    if timer > RESOLUTION:
        return int(desk.tickets[index].patience_ends)
    return deadline(desk, index, timer)


@kernel
def start_timer(desk: Record, horizon: int, index: int, timer: int) -> None:
    """Let a timer run, unless it would go off after the horizon."""
    ticket = desk.tickets[index]
    step = timer_step(desk, index, timer)
    if step > horizon:
        ticket.timer_previous[timer] = _UNSET
        return
    bucket = step & (WHEEL - 1)
    first = desk.wheel[bucket]
    ticket.timer_next[timer] = first
    ticket.timer_previous[timer] = NOTHING
    if first >= 0:
        desk.tickets[first // NUM_TIMERS].timer_previous[first % NUM_TIMERS] = (
            index * NUM_TIMERS + timer
        )
    desk.wheel[bucket] = index * NUM_TIMERS + timer


@kernel
def stop_timer(desk: Record, index: int, timer: int) -> None:
    """Take a timer off the wheel, if it runs."""
    ticket = desk.tickets[index]
    before = ticket.timer_previous[timer]
    if before == _UNSET:
        return
    after = ticket.timer_next[timer]
    if before >= 0:
        desk.tickets[before // NUM_TIMERS].timer_next[before % NUM_TIMERS] = after
    else:
        desk.wheel[timer_step(desk, index, timer) & (WHEEL - 1)] = after
    if after >= 0:
        desk.tickets[after // NUM_TIMERS].timer_previous[after % NUM_TIMERS] = before
    ticket.timer_previous[timer] = _UNSET


@kernel
def next_due(desk: Record, node: int, patience: bool) -> int:
    """The first timer from `node` on that goes off now, of patience or of deadlines; or NOTHING."""
    while node >= 0:
        timer = node % NUM_TIMERS
        step = timer_step(desk, node // NUM_TIMERS, timer)
        if step == desk.step and (timer > RESOLUTION) == patience:
            return node
        node = desk.tickets[node // NUM_TIMERS].timer_next[timer]
    return NOTHING
