"""One step of service: agents turn to tickets, work on them, help with them and resolve them."""

import math
from typing import TYPE_CHECKING

from tests.oracle import conversation, incidents
from tests.oracle.tickets import Agent, Ticket

if TYPE_CHECKING:
    from tests.oracle.desk import OracleDesk


def serve(desk: "OracleDesk") -> None:
    """Helpers first, then everybody on what was in work when the step began."""
    help_given = _help(desk)
    for agent in desk.agents:
        in_work = agent.in_work
        for ticket in in_work:
            _work_on(desk, agent, ticket, len(in_work), help_given.get(ticket, 0.0))


def _help(desk: "OracleDesk") -> dict[Ticket, float]:
    """The speed that helpers add to each ticket."""
    given: dict[Ticket, float] = {}
    for agent in desk.agents:
        ticket = agent.helping
        if ticket is None:
            continue
        if agent.help_delay is None:
            agent.help_delay = _turn(desk, agent, ticket, agent.index)
        if agent.help_delay > 0:
            agent.help_delay -= 1
        else:
            given[ticket] = given.get(ticket, 0.0) + agent.speed[ticket.category]
    return given


def _turn(desk: "OracleDesk", agent: Agent, ticket: Ticket, *who: int) -> int:
    """Turn to a ticket; the steps that its context switch costs."""
    before, agent.last_category = agent.last_category, ticket.category
    if before is None or before == ticket.category:
        return 0
    desk.counts["context_switches"] += 1
    desk.ledger.charge("context_switch", agent)
    whole: int = math.floor(desk.rules.switch_steps)
    draw = desk.draws.uniform("switch", ticket.number, desk.clock, *who)
    return whole + int(draw < desk.rules.switch_steps - whole)


def _work_on(
    desk: "OracleDesk", agent: Agent, ticket: Ticket, at_once: int, help_given: float
) -> None:
    if ticket.delay is None:
        ticket.delay = _turn(desk, agent, ticket)
    if ticket.delay > 0:
        ticket.delay -= 1
        return
    if ticket.first_service is None:
        ticket.first_service = desk.clock
    if desk.sizes.talks:
        ticket.served += 1
        if conversation.resolves(desk, agent, ticket):
            _resolve(desk, agent, ticket)
        return
    own = agent.speed[ticket.category] / (1 + desk.rules.concurrency_slowdown * (at_once - 1))
    finished = _work_off(desk, ticket, own + help_given)
    ticket.served += 1
    if finished:
        _resolve(desk, agent, ticket)
    else:
        incidents.strike(desk, ticket)


def _work_off(desk: "OracleDesk", ticket: Ticket, speed: float) -> bool:
    """One step of service; whether it finishes the ticket."""
    draw = desk.draws.uniform("serve", ticket.number, ticket.served)
    effort = speed * desk.rules.step_minutes
    if desk.rules.memoryless:
        mean_minutes = desk.rules.mean_minutes[ticket.category]
        return bool(draw < effort / (mean_minutes * ticket.scale))
    ticket.work -= effort
    return ticket.work <= 0 or (ticket.work < effort and draw < 1 - ticket.work / effort)


def _resolve(desk: "OracleDesk", agent: Agent, ticket: Ticket) -> None:
    desk.leave(ticket, "resolved")
    desk.ledger.charge("resolved", agent)
    incidents.may_reopen(desk, ticket, agent)
    incidents.learn(desk, agent, ticket.category)
