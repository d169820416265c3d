"""Which targets were kept: by the deadlines of a ticket's arrival, which only pauses move."""

from typing import TYPE_CHECKING, Literal

from tests.oracle import sla
from tests.oracle.tickets import Ticket

if TYPE_CHECKING:
    from tests.oracle.desk import OracleDesk

Verdict = Literal["met", "breached", "lost", "undecided", "no target"]


def resolution(desk: "OracleDesk", ticket: Ticket) -> Verdict:
    """What became of the promise to resolve a ticket."""
    resolved = ticket.left if ticket.outcome == "resolved" else None
    return _verdict(desk, ticket, ticket.original_due, resolved)


def first_response(desk: "OracleDesk", ticket: Ticket) -> Verdict:
    """What became of the promise to answer it."""
    return _verdict(desk, ticket, ticket.original_first_due, ticket.first_service)


def _verdict(desk: "OracleDesk", ticket: Ticket, deadline: int | None, kept: int | None) -> Verdict:
    if deadline is None:
        return "no target"
    if kept is not None:
        return "met" if kept <= deadline else "breached"
    if deadline <= _last_clock(desk, ticket):
        return "breached"
    return "undecided" if ticket.left is None else "lost"


def _last_clock(desk: "OracleDesk", ticket: Ticket) -> int:
    """The last clock at which a deadline of the ticket could pass."""
    if desk.rules.sla_pauses and ticket.pending:
        return sla.last_clock(ticket)
    # Who leaves at a clock does so before the deadlines of that clock pass.
    return desk.clock if ticket.left is None else ticket.left - 1
