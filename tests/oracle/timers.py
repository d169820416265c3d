"""What ends with the clock: patience, and the time that was promised."""

from typing import TYPE_CHECKING

from tests.oracle.tickets import Ticket

if TYPE_CHECKING:
    from tests.oracle.desk import OracleDesk


def abandon(desk: "OracleDesk") -> None:
    """Who waited too long for a first step of service gives up."""
    for ticket in desk.open_tickets:
        if not ticket.served and _passed(desk, ticket.patience_ends):
            desk.leave(ticket, "abandoned")
            desk.ledger.charge_desk("abandoned")


def breach(desk: "OracleDesk") -> None:
    """Deadlines pass, but not those of pending tickets if the SLA clock stands for them."""
    for ticket in desk.open_tickets:
        if not (desk.rules.sla_pauses and ticket.pending):
            breach_if_late(desk, ticket)


def breach_if_late(desk: "OracleDesk", ticket: Ticket) -> None:
    """Count what is late by the deadline in force, or was so by the first; each once."""
    late = _passed(desk, ticket.first_due) or _passed(desk, ticket.original_first_due)
    if late and not ticket.served and not ticket.first_breached:
        ticket.first_breached = True
        _charge(desk, ticket, desk.rules.first_response_weight)
    late = _passed(desk, ticket.due) or _passed(desk, ticket.original_due)
    if late and not ticket.breached:
        ticket.breached = True
        _charge(desk, ticket, 1)


def _passed(desk: "OracleDesk", deadline: int | None) -> bool:
    return deadline is not None and deadline <= desk.clock


def _charge(desk: "OracleDesk", ticket: Ticket, amount: float) -> None:
    if ticket.holder is None:
        desk.ledger.charge_desk("unheld_breach", amount)
    else:
        desk.ledger.charge("sla_breach", desk.agents[ticket.holder], amount)
