"""Tickets that rest with their agents until the customer answers."""

from marl_routing.core.compiler import kernel, only_with
from marl_routing.core.deadlines import end_pause, stop_deadlines
from marl_routing.core.events import BACK, note
from marl_routing.core.parameters import Rules
from marl_routing.core.random import PENDING, fold, geometric
from marl_routing.core.record import NEVER, NOT_PENDING, WAS_ASKED, Record
from marl_routing.core.settling import is_pending, unsettle


@kernel
def begin_pending(rules: Record, desk: Record, index: int, kind: int, bits: Record) -> int:
    """A held ticket waits for its customer.

    Args:
        rules, desk, index: the ticket.
        kind: WAS_BLOCKED or WAS_ASKED.
        bits: (PATIENCE_BITS,) of the time that it lasts.

    Returns:
        That time in steps.
    """
    ticket, life = desk.tickets[index], desk.life[index]
    key = fold(fold(desk.keys[PENDING], ticket.number), life.pendings)
    steps = geometric(key, bits)
    life.pending = kind
    unsettle(desk, ticket.holder)
    life.pendings += 1
    life.pending_since = desk.step
    send_away(desk, index, steps)
    if rules.sla_pauses:
        stop_deadlines(desk, index)
    desk.pendings += 1
    desk.pending_steps += steps
    return int(steps)


@kernel
def end_pending(rules: Rules, desk: Record, index: int) -> None:
    """The answer is there; what was asked for makes the rest shorter."""
    ticket, life = desk.tickets[index], desk.life[index]
    moved = 0
    if rules.desk[0].sla_pauses:
        moved = end_pause(rules, desk, index)
    if life.pending == WAS_ASKED:
        left = 1.0 - rules.desk[0].info_shrink
        ticket.work *= left
        life.scale *= left
    life.pending = NOT_PENDING
    unsettle(desk, ticket.holder)
    note(desk, BACK, ticket.number, ticket.holder, moved)


@kernel
def send_away(desk: Record, index: int, steps: int) -> None:
    """Remember a ticket until its time is over."""
    desk.life[index].returns = desk.step + steps
    desk.next_return = min(desk.next_return, desk.step + steps)
    desk.away[desk.num_away] = index
    desk.num_away += 1


@only_with("life")
def forget_pending(desk: Record, index: int) -> None:
    """A pending ticket leaves the desk."""
    if not is_pending(desk, index):
        return
    place = 0
    while desk.away[place] != index:
        place += 1
    desk.num_away -= 1
    desk.away[place] = desk.away[desk.num_away]


@kernel
def gather_returns(desk: Record) -> int:
    """Take the tickets whose time is over out of desk.away.

    Returns:
        How many they are; they stand right after the rest, in order of number.
    """
    if desk.step < desk.next_return:
        return 0
    desk.next_return = NEVER
    kept, away = 0, desk.num_away
    while kept < away:
        index = desk.away[kept]
        returns = desk.life[index].returns
        if returns > desk.step:
            desk.next_return = min(desk.next_return, returns)
            kept += 1
            continue
        away -= 1
        desk.away[kept] = desk.away[away]
        _insert(desk, index, away)
    back = desk.num_away - away
    desk.num_away = away
    return int(back)


@kernel
def _insert(desk: Record, index: int, place: int) -> None:
    """Put a ticket before the due ones of larger number, which stand from place + 1 on."""
    number = desk.tickets[index].number
    while place + 1 < desk.num_away:
        after = desk.away[place + 1]
        if desk.tickets[after].number > number:
            break
        desk.away[place] = after
        place += 1
    desk.away[place] = index
