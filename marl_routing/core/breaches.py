"""A target is missed: counted once a target and ticket, and charged."""

from marl_routing.core.attainment import count_breached, count_first_breached, is_measured
from marl_routing.core.compiler import kernel
from marl_routing.core.events import BREACHED, FIRST_BREACHED, note
from marl_routing.core.record import NEVER, QUEUED, Record
from marl_routing.core.reward import credit_agent, credit_desk
from marl_routing.core.terms import DROPPED, SLA_BREACH, UNHELD_BREACH


@kernel
def miss_first_response(rules: Record, desk: Record, index: int) -> None:
    """Nobody served the ticket in time."""
    ticket = desk.tickets[index]
    ticket.first_breached = 1
    note(desk, FIRST_BREACHED, ticket.number, ticket.holder, 0.0)
    if is_measured(rules, ticket):
        count_first_breached(desk, index)
    _charge(desk, ticket, rules.first_response_weight)


@kernel
def miss_resolution(rules: Record, desk: Record, index: int) -> None:
    """The ticket is not resolved in time."""
    ticket = desk.tickets[index]
    ticket.breached = 1
    note(desk, BREACHED, ticket.number, ticket.holder, 0.0)
    desk.breaches += 1
    if is_measured(rules, ticket):
        count_breached(desk, index)
    _charge(desk, ticket, 1.0)


@kernel
def drop(desk: Record, priority: int, measured: bool, due: int, first_due: int) -> None:
    """A full desk turns a ticket away: it counts as lost and as breached."""
    desk.dropped += 1
    desk.breaches += 1
    credit_desk(desk, DROPPED, 1.0)
    credit_desk(desk, UNHELD_BREACH, 1.0)
    if measured:
        desk.kpi_dropped += 1
        desk.first_lost += first_due < NEVER
        desk.lost[priority] += due < NEVER


@kernel
def _charge(desk: Record, ticket: Record, amount: float) -> None:
    """A breach is the holder's, or the desk's while nobody holds the ticket."""
    if ticket.holder == QUEUED:
        credit_desk(desk, UNHELD_BREACH, amount)
    else:
        credit_agent(desk, SLA_BREACH, ticket.holder, amount)
