"""What agents can do besides accepting: the columns of the mask, what is legal, what it does."""

from typing import TYPE_CHECKING, NamedTuple

from marl_routing.core.conversation_record import NUM_STRATEGIES
from marl_routing.core.parameters import (
    DEFER,
    ESCALATE,
    RELEASE,
    REQUEST_INFO,
    RESPOND,
    SWARM,
    TRANSFER,
)
from tests.oracle import conversation, incidents, sla
from tests.oracle.tickets import Agent, Ticket

if TYPE_CHECKING:
    from tests.oracle.desk import OracleDesk

PASS, ACCEPT = "pass", "accept"


class Deed(NamedTuple):
    """One action: pass, accept or a verb, and the slot, agent, team or strategy it is about."""

    verb: int | str
    about: int = 0


def menu(desk: "OracleDesk") -> list[Deed]:
    """All that an agent can do, by the columns of its mask."""
    sizes = desk.sizes
    widths = {
        ESCALATE: sizes.slots,
        DEFER: sizes.slots,
        SWARM: sizes.agents,
        REQUEST_INFO: 1,
        RELEASE: 1,
        TRANSFER: sizes.teams,
        RESPOND: NUM_STRATEGIES,
    }
    blocks: dict[int | str, int] = {PASS: 1, ACCEPT: sizes.slots}
    blocks |= {verb: width for verb, width in widths.items() if is_on(desk, verb)}
    return [Deed(verb, about) for verb, width in blocks.items() for about in range(width)]


def is_on(desk: "OracleDesk", verb: int) -> bool:
    """Whether the scenario has the verb."""
    return bool(desk.sizes.dynamic and desk.rules.verb_at[verb] >= 0)


# What is legal, by what was settled last


def is_legal(desk: "OracleDesk", agent: Agent, deed: Deed) -> bool:
    """Whether the mask allows it."""
    if deed.verb == PASS or not agent.on_shift:
        return deed.verb == PASS
    if deed.verb in (ACCEPT, ESCALATE, DEFER):
        ticket = desk.slots[deed.about]
        if ticket is None:
            return False
        if deed.verb == ACCEPT:
            return agent.may_accept(ticket)
        return may_escalate(ticket) if deed.verb == ESCALATE else may_defer(desk, ticket)
    if deed.verb == SWARM:
        return may_help(agent, desk.agents[deed.about].current)
    current = agent.current
    if deed.verb == RELEASE:
        return current is not None or agent.helping is not None
    if deed.verb == REQUEST_INFO:
        return current is not None and not current.asked
    if deed.verb == RESPOND:
        return current is not None and conversation.may_say(desk, agent, current, deed.about)
    assert deed.verb == TRANSFER
    able = [other.team for other in desk.agents if current and other.can_serve(current.category)]
    return deed.about != agent.team and deed.about in able


def may_escalate(ticket: Ticket) -> bool:
    """It is not of the most urgent priority yet."""
    return ticket.priority > 0


def may_defer(desk: "OracleDesk", ticket: Ticket) -> bool:
    """There is a promise that can still be kept, and was not changed too often."""
    promised = ticket.due is not None and not ticket.breached
    return promised and bool(ticket.deferrals < desk.rules.most_deferrals)


def may_help(agent: Agent, ticket: Ticket | None) -> bool:
    """A free agent may help with another's ticket that it knows how to serve."""
    return ticket is not None and agent.free and agent.can_serve(ticket.category)


# What it does, in this order


def own_verbs(desk: "OracleDesk", deeds: list[Deed]) -> list[Ticket]:
    """Ask, let go and pass on; the tickets that are now nobody's and not in the queue yet."""
    loose = []
    for agent, deed in zip(desk.agents, deeds, strict=True):
        ticket = agent.current
        if deed.verb == REQUEST_INFO:
            assert ticket is not None
            incidents.ask(desk, ticket)
        elif deed.verb == RELEASE and ticket is None:
            agent.stop_helping()
        elif deed.verb in (RELEASE, TRANSFER):
            assert ticket is not None
            desk.take_away(ticket)
            loose.append(ticket)
            if deed.verb == TRANSFER:
                ticket.team = deed.about
                if ticket.talk is not None:
                    ticket.talk.escalator = None
                desk.counts["transferred"] += 1
            else:
                desk.counts["released"] += 1
                if desk.rules.release_loses_work:
                    ticket.work = ticket.full_work * ticket.scale
    return loose


def escalations(desk: "OracleDesk", deeds: list[Deed]) -> None:
    """Slot by slot, however many ask; then the deferrals likewise."""
    for slot, ticket in enumerate(desk.slots):
        if Deed(ESCALATE, slot) in deeds:
            assert ticket is not None
            escalate(desk, ticket)
    for slot, ticket in enumerate(desk.slots):
        if Deed(DEFER, slot) in deeds:
            assert ticket is not None
            defer(desk, ticket)


def escalate(desk: "OracleDesk", ticket: Ticket) -> None:
    """More urgent, and at its new place if it is queued."""
    paused = desk.rules.sla_pauses and ticket.pending
    passed = sla.last_clock(ticket) if paused else desk.clock
    desk.deadlines.escalate(ticket, passed)
    desk.queue.replace(ticket)
    desk.counts["escalated"] += 1


def defer(desk: "OracleDesk", ticket: Ticket) -> None:
    """Due later, and at its new place if it is queued."""
    sla.defer(ticket, desk.rules.defer_steps)
    desk.queue.replace(ticket)
    desk.counts["deferred"] += 1


def swarms(desk: "OracleDesk", deeds: list[Deed]) -> None:
    """Those who swarm join, unless the ticket has meanwhile left or become pending."""
    for agent, deed in zip(desk.agents, deeds, strict=True):
        if deed.verb == SWARM:
            colleague = desk.agents[deed.about]
            ticket = colleague.current
            assert ticket is not None
            if ticket in colleague.held and not ticket.pending:
                join(desk, agent, ticket)


def join(desk: "OracleDesk", agent: Agent, ticket: Ticket) -> None:
    """Help with a colleague's ticket from the next step of service on."""
    agent.helping = ticket
    desk.counts["swarms"] += 1


def charge(desk: "OracleDesk", agent: Agent, verb: int) -> None:
    """Who uses a verb pays for it."""
    desk.ledger.charge("operation", agent, desk.rules.operation_costs[verb])
