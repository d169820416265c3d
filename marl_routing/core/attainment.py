"""Promises kept: counted by the flags of breaches; on dynamic desks by original deadlines.

There a deadline in force may differ from the one promised, so each ticket is judged at its end
(open ones when the desk reports).
"""

from marl_routing.core.compiler import kernel, only_with
from marl_routing.core.record import NEVER, WAS_ASKED, Record
from marl_routing.core.settling import is_pending


@kernel
def is_measured(rules: Record, ticket: Record) -> bool:
    """Whether the KPIs cover this ticket."""
    return bool(ticket.arrived >= rules.warm_up_steps)


@kernel
def is_paused(rules: Record, desk: Record, index: int) -> bool:
    """Whether the ticket's SLA clock stands still."""
    return bool(rules.sla_pauses and is_pending(desk, index))


@kernel
def next_clock(rules: Record, desk: Record, index: int) -> int:
    """The first clock whose deadlines have not passed.

    On a paused SLA clock: what was asked about went pending after its clock's deadlines passed;
    what blocks, before.
    """
    if not is_paused(rules, desk, index):
        return int(desk.step + 1)
    life = desk.life[index]
    return int(life.pending_since + (1 if life.pending == WAS_ASKED else 0))


def _met_unless_breached(desk: Record, index: int) -> None:
    ticket = desk.tickets[index]
    if ticket.due < NEVER and not ticket.breached:
        desk.met[ticket.priority] += 1


@only_with("life", otherwise=_met_unless_breached)
def count_resolved(desk: Record, index: int) -> None:
    """A measured ticket is resolved now."""
    life = desk.life[index]
    if life.original_due < NEVER:
        if desk.step <= life.original_due:
            desk.met[life.original_priority] += 1
        else:
            desk.breached[life.original_priority] += 1


def _answered_unless_breached(desk: Record, index: int) -> None:
    ticket = desk.tickets[index]
    if ticket.first_due < NEVER and not ticket.first_breached:
        desk.first_met += 1


@only_with("life", otherwise=_answered_unless_breached)
def count_answered(desk: Record, index: int) -> None:
    """A measured ticket is served for the first time now."""
    life = desk.life[index]
    if life.original_first_due < NEVER:
        if desk.step <= life.original_first_due:
            desk.first_met += 1
        else:
            desk.kpi_first_breached += 1


def _lost_unless_breached(rules: Record, desk: Record, index: int) -> None:
    ticket = desk.tickets[index]
    if ticket.due < NEVER and not ticket.breached:
        desk.lost[ticket.priority] += 1
    if ticket.first_due < NEVER and not ticket.first_breached:
        desk.first_lost += 1


@only_with("life", otherwise=_lost_unless_breached)
def count_abandoned(rules: Record, desk: Record, index: int) -> None:
    """A measured ticket is abandoned now."""
    life = desk.life[index]
    clock = next_clock(rules, desk, index) if is_paused(rules, desk, index) else desk.step
    if life.original_due < NEVER:
        if clock <= life.original_due:
            desk.lost[life.original_priority] += 1
        else:
            desk.breached[life.original_priority] += 1
    if life.original_first_due < NEVER and desk.tickets[index].served == 0:
        if clock <= life.original_first_due:
            desk.first_lost += 1
        else:
            desk.kpi_first_breached += 1


def _breached_now(desk: Record, index: int) -> None:
    desk.breached[desk.tickets[index].priority] += 1


@only_with("life", otherwise=_breached_now)
def count_breached(desk: Record, index: int) -> None:
    """A measured ticket's resolution deadline passes now; where it may move, the end decides."""


def _first_breached_now(desk: Record, index: int) -> None:
    desk.kpi_first_breached += 1


@only_with("life", otherwise=_first_breached_now)
def count_first_breached(desk: Record, index: int) -> None:
    """The same for the first response."""


def _priority_now(desk: Record, index: int) -> int:
    return int(desk.tickets[index].priority)


@only_with("life", otherwise=_priority_now)
def promised_priority(desk: Record, index: int) -> int:
    """The priority that the KPIs file a ticket under."""
    return int(desk.life[index].original_priority)
