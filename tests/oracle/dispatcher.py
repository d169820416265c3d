"""A dispatcher who decides tickets one by one, and an operator who acts on any, clock at rest."""

from typing import TYPE_CHECKING

from marl_routing.core.parameters import DEFER, ESCALATE, REASSIGN, REQUEST_INFO, SWARM
from tests.oracle import incidents, verbs
from tests.oracle.tickets import Agent, Ticket

if TYPE_CHECKING:
    from tests.oracle.desk import OracleDesk

OPERATIONS = (REASSIGN, ESCALATE, REQUEST_INFO, DEFER, SWARM)  # the verbs, by operation


def offer(desk: "OracleDesk") -> int | None:
    """The number of the next ticket to decide, None when there is nothing to decide."""
    for ticket in desk.queue.tickets:
        undecided = ticket.decided_at != desk.clock
        if undecided and any(agent.may_accept(ticket) for agent in desk.agents):
            return ticket.number
    return None


def place(desk: "OracleDesk", ticket: Ticket, a: int) -> None:
    """Give a queued ticket to an agent at once; one that cannot take it holds it back."""
    desk.ledger.open(desk.measured)
    agent = _named(desk, a)
    if agent is not None and agent.may_accept(ticket):
        desk.accept(agent, ticket)
        desk.ledger.charge_imbalance([agent], desk.agents)
    else:
        _refuse(desk, a)
        ticket.decided_at = desk.clock
    _close(desk)


def operate(desk: "OracleDesk", operation: int, ticket: Ticket, a: int) -> None:
    """Act on an open ticket in the name of an agent."""
    verb, agent = OPERATIONS[operation], _named(desk, a)
    queued = ticket in desk.queue.tickets
    if verb == REASSIGN and queued and agent is not None and agent.may_accept(ticket):
        place(desk, ticket, a)
        return
    desk.ledger.open(desk.measured)
    if agent is not None and _is_legal(desk, verb, ticket, agent):
        _act(desk, verb, ticket, agent)
        verbs.charge(desk, agent, verb)
    else:
        _refuse(desk, a)
    _close(desk)


def _named(desk: "OracleDesk", a: int) -> Agent | None:
    return desk.agents[a] if 0 <= a < len(desk.agents) else None


def _refuse(desk: "OracleDesk", a: int) -> None:
    desk.counts["illegal_actions"] += 1
    agent = _named(desk, a)
    if agent is not None:
        desk.ledger.charge("illegal_action", agent)


def _close(desk: "OracleDesk") -> None:
    desk.settle()
    desk.ledger.close()
    desk.slots = desk.queue.slots()


def _is_legal(desk: "OracleDesk", verb: int, ticket: Ticket, agent: Agent) -> bool:
    if not (verbs.is_on(desk, verb) and agent.on_shift and ticket.outcome == "open"):
        return False
    if verb == ESCALATE:
        return verbs.may_escalate(ticket)
    if verb == DEFER:
        return verbs.may_defer(desk, ticket)
    if verb == SWARM:
        in_work = any(ticket in other.in_work for other in desk.agents)
        return in_work and verbs.may_help(agent, ticket)
    if ticket.holder is None or ticket.pending:
        return False
    if verb == REQUEST_INFO:
        return not ticket.asked
    assert verb == REASSIGN
    return ticket.holder != agent.index and agent.may_accept(ticket)


def _act(desk: "OracleDesk", verb: int, ticket: Ticket, agent: Agent) -> None:
    if verb == ESCALATE:
        verbs.escalate(desk, ticket)
    elif verb == DEFER:
        verbs.defer(desk, ticket)
    elif verb == SWARM:
        verbs.join(desk, agent, ticket)
    elif verb == REQUEST_INFO:
        incidents.ask(desk, ticket)
    else:
        desk.take_away(ticket)
        desk.hand(ticket, agent)
        desk.counts["reassigned"] += 1
