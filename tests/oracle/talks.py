"""Lays the customers and conversations of a desk beside the oracle's."""

from typing import Any

import numpy as np

from tests.oracle.desk import OracleDesk
from tests.oracle.outcomes import ended
from tests.oracle.records import assert_equal
from tests.oracle.tickets import Ticket


def assert_same_talks(record: Any, desk: OracleDesk, place_of: dict[int, int]) -> None:
    """Every open ticket's; `place_of` gives the place of an open ticket's number."""
    for ticket in desk.open_tickets:
        assert_same_talk(record["talk"], place_of[ticket.number], ticket)
    assert record["strategies"].tolist() == list(desk.turns.values())
    for name, expected in sums(desk).items():
        np.testing.assert_allclose(record[name], expected, rtol=1e-6, err_msg=name)


def assert_same_talk(table: Any, place: int, ticket: Ticket) -> None:
    """Who the customer is, and how the conversation goes."""
    talk = ticket.talk
    assert talk is not None
    expected = {
        "sentiment": talk.sentiment,
        "tier": talk.tier,
        "prior": talk.prior,
        "turns": talk.turns,
        "talked": talk.talked,
        "talked_before": talk.talked_before,
        "progress": talk.progress,
        "escalated": talk.escalated,
        "escalator": -1 if talk.escalator is None else talk.escalator,
    }
    assert_equal(f"talk of ticket {ticket.number}", table, expected, place)
    worn = np.minimum(table["worn"][place], 2)  # more than twice is no worse than twice
    np.testing.assert_array_equal(worn, np.minimum(talk.worn, 2))
    np.testing.assert_allclose(table["satisfaction"][place], talk.satisfaction, rtol=1e-6)
    np.testing.assert_array_equal(table["context"][place], talk.context)


def sums(desk: OracleDesk) -> dict[str, np.ndarray[Any, Any]]:
    """The record's counters of ended conversations, most of them by inquiry type and tier."""
    shape = desk.sizes.categories, len(desk.rules.tier_value)
    names = ("talks_ended", "talks_resolved", "csat_sum")
    totals = {name: np.zeros(shape) for name in names}
    totals["turns_sum"] = np.zeros(())
    for category, talk in ended(desk):
        at = category, talk.tier
        totals["talks_ended"][at] += 1
        totals["talks_resolved"][at] += talk.end == "resolved"
        totals["csat_sum"][at] += talk.satisfaction
        totals["turns_sum"] += talk.talked - talk.talked_before
    return totals
