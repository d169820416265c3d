"""Lays one desk of a compiled batch beside an oracle desk and names what differs."""

from typing import Any

import numpy as np

from marl_routing.core.batch import Batch
from marl_routing.core.parameters import BY_PRIORITY
from marl_routing.core.record import QUEUED
from tests.oracle.desk import OracleDesk
from tests.oracle.lives import assert_same_lives, clock_or_never
from tests.oracle.records import (
    assert_equal,
    held_numbers,
    open_places,
    queue_numbers,
    shown_numbers,
)
from tests.oracle.talks import assert_same_talks
from tests.oracle.tickets import Ticket


def assert_same_desk(batch: Batch, desk: OracleDesk, env: int = 0) -> None:
    """Tickets, counters, what agents see and what they are paid."""
    assert_same_tickets(batch, desk, env)
    assert_same_sight(batch, desk, env)
    assert_same_pay(batch, desk, env)


def assert_same_tickets(batch: Batch, desk: OracleDesk, env: int = 0) -> None:
    """The clock, the counters, and every open ticket in its place."""
    record = batch.states[env]
    assert record["step"] == desk.clock
    assert record["next_number"] == len(desk.tickets)
    assert {name: int(record[name]) for name in desk.counts} == desk.counts
    in_force = sum(ticket.breached for ticket in desk.past_stays + desk.tickets)
    assert record["breaches"] == in_force + desk.counts["dropped"]
    assert held_numbers(record) == desk.held()
    assert queue_numbers(record) == oracle_lists(desk)
    assert shown_numbers(record) == [t.number if t else None for t in desk.slots]
    assert record["num_open"] == len(desk.open_tickets)
    assert record["num_queued"] == len(desk.queue.tickets)
    for queued, category in zip(record["queued"], range(desk.sizes.categories), strict=True):
        assert queued == len(desk.queue.of_category(category))
    place_of = open_places(record)
    for ticket in desk.open_tickets:
        assert_same_ticket(record["tickets"], place_of[ticket.number], ticket, desk)
    assert_same_agents(record, desk)
    if desk.sizes.dynamic:
        assert_same_lives(record, desk, place_of)
    if desk.sizes.talks:
        assert_same_talks(record, desk, place_of)


def assert_same_ticket(table: Any, place: int, ticket: Ticket, desk: OracleDesk) -> None:
    """Every field of one ticket."""
    expected: dict[str, float] = {
        "number": ticket.number,
        "category": ticket.category,
        "priority": ticket.priority,
        "arrived": ticket.arrived,
        "first_due": clock_or_never(ticket.first_due),
        "due": clock_or_never(ticket.due),
        "accepted": -1 if ticket.accepted is None else ticket.accepted,
        "served": ticket.served,
        "holder": QUEUED if ticket.holder is None else ticket.holder,
        "breached": ticket.breached,
        "first_breached": ticket.first_breached,
    }
    if ticket.holder is not None:
        expected["delay"] = -1 if ticket.delay is None else ticket.delay
    if not desk.rules.memoryless and not desk.sizes.talks:
        expected["work"] = ticket.work
    assert_equal(f"ticket {ticket.number}", table, expected, place)


def assert_same_agents(record: Any, desk: OracleDesk) -> None:
    """What arbitration and context switches remember of every agent."""
    for agent in desk.agents:
        expected = {
            "on_shift": agent.on_shift,
            "last_category": -1 if agent.last_category is None else agent.last_category,
        }
        if agent.free:
            expected["idle_since"] = agent.idle_since
        assert_equal(f"agent {agent.index}", record, expected, agent.index)


def assert_same_sight(batch: Batch, desk: OracleDesk, env: int = 0) -> None:
    """Observations, state and masks."""
    np.testing.assert_array_equal(batch.action_masks[env], desk.masks())
    seen, expected = batch.observations[env], desk.observations()
    names = [name for name, _, _ in batch.observation_fields()]
    wrong = np.argwhere(~np.isclose(seen, expected, rtol=1e-5, atol=1e-5))
    assert not len(wrong), [
        f"agent {a} {names[f]}: {seen[a, f]}, oracle {expected[a, f]}" for a, f in wrong[:10]
    ]
    assert_close("state", batch.state()[env], desk.state())


def assert_same_pay(batch: Batch, desk: OracleDesk, env: int = 0) -> None:
    """Rewards, and the terms they are made of."""
    terms = batch.terms()
    assert list(terms) == list(desk.terms())
    for name, values in desk.terms().items():
        assert_close(name, terms[name][env], values)
    assert_close("rewards", batch.rewards[env], desk.rewards)


def assert_same_metrics(kernel: dict[str, Any], oracle: dict[str, Any]) -> None:
    """All KPIs, by name."""
    numbers, expected = flat(kernel), flat(oracle)
    assert numbers.keys() == expected.keys()
    wrong = [
        f"{name}: {value}, oracle {expected[name]}"
        for name, value in numbers.items()
        if not np.allclose(value, expected[name], rtol=1e-5, atol=1e-5, equal_nan=True)
    ]
    assert not wrong, wrong


def flat(metrics: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested metrics by dotted names."""
    numbers: dict[str, Any] = {}
    for name, value in metrics.items():
        inner = (
            flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
        )
        numbers.update(inner)
    return numbers


def assert_close(name: str, kernel: Any, oracle: Any) -> None:
    """Equal to 1e-5 of the number, or of 1."""
    np.testing.assert_allclose(kernel, oracle, rtol=1e-5, atol=1e-5, err_msg=name)


def oracle_lists(desk: OracleDesk) -> list[list[int]]:
    """The oracle's queue, cut into the same lists: by category, priority, both or neither."""
    by_priority = desk.rules.queue_order == BY_PRIORITY
    levels = desk.sizes.priorities if by_priority else 1
    lists: list[list[int]] = [[] for _ in range(desk.sizes.lists)]
    for ticket in desk.queue.tickets:
        group = ticket.category if desk.rules.per_category else 0
        lists[group * levels + (ticket.priority if by_priority else 0)].append(ticket.number)
    return lists
