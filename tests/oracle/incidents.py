"""What befalls tickets: they wait for an answer or another ticket, grow, and come back."""

import copy
from typing import TYPE_CHECKING, Literal

import numpy as np

from tests.oracle import conversation, timers
from tests.oracle.tickets import Agent, Ticket

if TYPE_CHECKING:
    from tests.oracle.desk import OracleDesk


# Pending


def ask(desk: "OracleDesk", ticket: Ticket) -> None:
    """Ask the customer, once in the ticket's life."""
    ticket.asked = True
    desk.counts["info_requests"] += 1
    _await(desk, ticket, "asked", desk.rules.info_bits)


def _await(
    desk: "OracleDesk", ticket: Ticket, what: Literal["asked", "blocked"], bits: list[float]
) -> None:
    steps = desk.draws.geometric(bits, "pending", ticket.number, ticket.pendings)
    ticket.pending, ticket.pending_since = what, desk.clock
    ticket.returns = desk.clock + steps
    ticket.pendings += 1
    desk.counts["pendings"] += 1
    desk.counts["pending_steps"] += steps


def _end_pending(desk: "OracleDesk", ticket: Ticket) -> None:
    if desk.rules.sla_pauses:
        desk.deadlines.pause(ticket, desk.clock)
    if ticket.pending == "asked":
        ticket.work *= 1 - desk.rules.info_shrink
        ticket.scale *= 1 - desk.rules.info_shrink
    ticket.pending = None
    if desk.rules.sla_pauses:
        timers.breach_if_late(desk, ticket)


# While it is worked on


def strike(desk: "OracleDesk", ticket: Ticket) -> None:
    """After a step of service that did not resolve the ticket."""
    rules, draws, at = desk.rules, desk.draws, (ticket.number, ticket.served)
    worse = ticket.regressions < rules.most_regressions
    if worse and draws.happens(rules.regression_probability, "regression", *at):
        ticket.work *= 1 + rules.regression_growth
        ticket.scale *= 1 + rules.regression_growth
        ticket.regressions += 1
        desk.counts["regressions"] += 1
    if not ticket.asked and draws.happens(rules.block_probability, "block", *at):
        desk.counts["blocks"] += 1
        _await(desk, ticket, "blocked", rules.block_bits)


# From ticket to ticket


def depend(desk: "OracleDesk", ticket: Ticket) -> None:
    """A ticket that is let in may wait for one that came shortly before."""
    rules, draws, number = desk.rules, desk.draws, ticket.number
    if draws.happens(rules.dependency_probability, "dependency", number, 0):
        back = int(rules.dependency_within * draws.uniform("dependency", number, 1))
        other = number - 1 - back
        if other >= 0 and desk.tickets[other].outcome == "open":
            ticket.waits_for = desk.tickets[other]


# Coming back


def may_reopen(desk: "OracleDesk", ticket: Ticket, agent: Agent) -> None:
    """A resolved ticket may be on its way back."""
    rules, at = desk.rules, (ticket.number, ticket.reopened)
    ticket.resolver = agent.index
    expertise = agent.expertise[ticket.category]
    probability = rules.reopen_at_0 + (rules.reopen_at_1 - rules.reopen_at_0) * expertise
    probability *= conversation.dissatisfaction(ticket)
    again = ticket.reopened < rules.most_reopens
    has_room = len(desk.returning) < rules.max_open_tickets
    if again and has_room and desk.draws.happens(probability, "reopen", *at):
        ticket.returns = desk.clock + desk.draws.geometric(rules.reopen_bits, "return", *at)
        desk.returning.append(ticket)


def come_back(desk: "OracleDesk") -> None:
    """Pendings end and resolved tickets are reopened, in order of number."""
    pending = [ticket for ticket in desk.open_tickets if ticket.pending]
    for ticket in sorted(pending + desk.returning, key=lambda ticket: ticket.number):
        if ticket.returns == desk.clock:
            if ticket.pending:
                _end_pending(desk, ticket)
            else:
                _reopen(desk, ticket)


def _reopen(desk: "OracleDesk", ticket: Ticket) -> None:
    desk.returning.remove(ticket)
    desk.past_stays.append(copy.copy(ticket))
    assert ticket.resolver is not None
    resolver = desk.agents[ticket.resolver]
    desk.ledger.charge("resolved", resolver, -1)
    desk.ledger.charge("reopened", resolver)
    desk.counts["reopened"] += 1
    ticket.reopened += 1
    ticket.arrived, ticket.left, ticket.outcome = desk.clock, None, "open"
    ticket.holder = ticket.delay = None
    ticket.first_due, ticket.due = None, desk.deadlines.due(desk.clock, ticket.priority)
    ticket.original_first_due, ticket.original_due = None, ticket.due
    ticket.original_priority = ticket.priority
    ticket.breached, ticket.paused = False, 0
    ticket.scale = desk.rules.reopen_work_share
    ticket.work = ticket.full_work * desk.rules.reopen_work_share
    conversation.begin_again(desk, ticket, resolver)
    desk.let_in(ticket)


# Learning


def learn(desk: "OracleDesk", agent: Agent, category: int) -> None:
    """An agent that resolves a ticket is better at the next of its category."""
    rules, before = desk.rules, agent.expertise[category]
    if not rules.learning_rate:
        return
    after = float(np.float32(before + rules.learning_rate * (1 - before)))
    speed = rules.speed_at_0 + (rules.speed_at_1 - rules.speed_at_0) * after
    steps = rules.mean_minutes[category] / (speed * rules.step_minutes)
    agent.expertise[category], agent.speed[category] = after, speed
    agent.handle_steps[category] = float(np.float32(steps))
