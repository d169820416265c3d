"""Lays what only dynamic desks keep beside the oracle: the lives of tickets, and who is at what."""

from typing import Any

import numpy as np

from marl_routing.core.record import NEVER, NOT_PENDING, WAS_ASKED, WAS_BLOCKED
from tests.oracle.desk import OracleDesk
from tests.oracle.records import assert_equal
from tests.oracle.tickets import Agent, Ticket

PENDING = {None: NOT_PENDING, "blocked": WAS_BLOCKED, "asked": WAS_ASKED}


def assert_same_lives(record: Any, desk: OracleDesk, place_of: dict[int, int]) -> None:
    """Every open ticket and every agent; `place_of` gives the place of an open ticket's number."""
    for ticket in desk.open_tickets:
        assert_same_life(record["life"], place_of[ticket.number], ticket, desk)
    for agent in desk.agents:
        assert_same_work(record, agent, place_of)
    assert times_of_return(record) == {
        ticket.number: ticket.returns
        for ticket in [*desk.open_tickets, *desk.returning]
        if ticket.pending or ticket in desk.returning
    }


def times_of_return(record: Any) -> dict[int, int]:
    """When each ticket that is pending or on its way back returns, by its number."""
    away = record["away"][: record["num_away"]]
    numbers = record["tickets"]["number"][away].tolist()
    return dict(zip(numbers, record["life"]["returns"][away].tolist(), strict=True))


def assert_same_life(table: Any, place: int, ticket: Ticket, desk: OracleDesk) -> None:
    """What befell a ticket."""
    expected: dict[str, Any] = {
        "scale": ticket.scale,
        "pending": PENDING[ticket.pending],
        "pendings": ticket.pendings,
        "asked": ticket.asked,
        "deferrals": ticket.deferrals,
        "regressions": ticket.regressions,
        "reopened": ticket.reopened,
        "team": -1 if ticket.team is None else ticket.team,
        "waits_for": -1 if ticket.waits_for is None else ticket.waits_for.number,
        "original_priority": ticket.original_priority,
    }
    if ticket.holder is not None:
        expected["in_work"] = ticket in desk.agents[ticket.holder].in_work
    if ticket.pending:
        expected |= {"pending_since": ticket.pending_since, "returns": ticket.returns}
    if ticket.reopened:
        expected["resolver"] = ticket.resolver
    if not desk.rules.memoryless and not desk.sizes.talks:
        expected["full_work"] = ticket.full_work
    if desk.rules.sla_pauses:
        expected["paused"] = ticket.paused
    assert_equal(f"ticket {ticket.number}", table, expected, place)
    assert_same_deadline(table["original_due"][place], ticket.original_due, desk.clock)
    if not ticket.served:
        first_due = table["original_first_due"][place]
        assert_same_deadline(first_due, ticket.original_first_due, desk.clock)


def assert_same_deadline(kernel: int, oracle: int | None, clock: int) -> None:
    """The same, or both passed: nothing depends on when."""
    assert max(kernel, clock) == max(clock_or_never(oracle), clock), (kernel, oracle)


def clock_or_never(deadline: int | None) -> int:
    """A deadline as the record has it."""
    return NEVER if deadline is None else deadline


def assert_same_work(record: Any, agent: Agent, place_of: dict[int, int]) -> None:
    """What an agent is at, and what it has learnt."""
    expected = {
        "current": -1 if agent.current is None else place_of[agent.current.number],
        "in_work": len(agent.in_work),
        "is_free": agent.free,
        "helping": -1 if agent.helping is None else place_of[agent.helping.number],
    }
    if agent.helping is not None:
        expected["help_delay"] = -1 if agent.help_delay is None else agent.help_delay
    assert_equal(f"agent {agent.index}", record, expected, agent.index)
    for name in ("expertise", "speed", "handle_steps"):
        np.testing.assert_allclose(record[name][agent.index], getattr(agent, name), rtol=1e-6)
