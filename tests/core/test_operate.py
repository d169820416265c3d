"""An operator acts on any open ticket in an agent's name, the clock standing still."""

from typing import Any

import numpy as np
import pytest

from marl_routing import DeskBatch
from marl_routing.core.operate import OPERATIONS
from tests.core.by_hand import AGENTS, ALWAYS, VERBS, Desk, crew, row
from tests.core.desks import legal_actions

COUNTERS = ("reassigned", "escalated", "info_requests", "deferred", "swarms")
COST = {name: verb["cost"] for name, verb in VERBS.items()}


class Operator(Desk):
    """A desk and its operator."""

    def operate(self, what: str, number: int, agent: int) -> list[float]:
        """Act on a ticket (-1: none); the rewards that this earned."""
        place = -1 if number < 0 else self.index(number)
        earned: list[float] = self.batch.operate(OPERATIONS.index(what), place, agent).tolist()
        return earned

    def can(self, what: str, number: int, agent: int) -> bool:
        """Whether the operator's mask allows it."""
        mask = self.batch.operation_masks([self.index(number)])
        return bool(mask[OPERATIONS.index(what), 0, agent])


def charged(agent: int, amount: float) -> list[float]:
    """Rewards of which one agent pays."""
    return [-amount if a == agent else 0 for a in range(AGENTS)]


def test_a_queued_ticket_is_assigned() -> None:
    desk = Operator(row(0, work=5), reward__weights={"accept_base": 1, "operation": -1})
    assert desk.operate("assign", 0, 4) == charged(4, -1)
    assert desk.clock == 0
    assert desk.held(4) == [0]
    assert desk.metrics["reassigned"] == 0
    assert desk.run_until_resolved(0) == 5


def test_a_held_ticket_is_reassigned_with_its_work_kept() -> None:
    desk = Operator(row(0, work=10))
    desk.play((0, "accept", 0))
    desk.run(2)
    assert desk.operate("assign", 0, 1) == charged(1, COST["reassign"])
    assert (desk.held(0), desk.held(1)) == ([], [0])
    assert desk.batch.view().idle[0, :2].tolist() == [True, False]
    assert desk.run_until_resolved(0) == 10
    assert desk.metrics["resolved_by_agent"][:2] == [0, 1]
    assert desk.metrics["reassigned"] == desk.metrics["transfer_rate"] == 1
    assert desk.metrics["term_accept_base"] == 1


def test_escalate_defer_and_request_info_do_as_the_verbs_do() -> None:
    desk = Operator(row(0), row(0))
    desk.play((0, "accept", 0))
    for number in (0, 1):  # held, queued
        assert desk.operate("escalate", number, 3) == charged(3, COST["escalate"])
        assert desk.ticket(number)["priority"] == 2
        assert desk.ticket(number)["due"] == 60
        assert desk.operate("defer", number, 4) == charged(4, COST["defer"])
        assert desk.ticket(number)["due"] == 90
    assert desk.operate("request_info", 0, 5) == charged(5, COST["request_info"])
    assert desk.is_pending(0)
    assert desk.batch.view().idle[0, 0]
    counted = [desk.metrics[name] for name in COUNTERS]
    assert counted == [0, 2, 1, 2, 0]
    assert desk.metrics["term_operation"] == 2 * (COST["escalate"] + COST["defer"]) + 4
    assert desk.metrics["illegal_actions"] == 0


def test_a_helper_is_sent() -> None:
    desk = Operator(row(0, work=9))
    desk.play((0, "accept", 0))
    assert desk.operate("swarm", 0, 1) == charged(1, COST["swarm"])
    assert desk.helps(1)
    assert not desk.can("swarm", 0, 1)
    assert desk.run_until_resolved(0) == 1 + 4


def refused(desk: Operator, what: str, number: int, agent: int) -> None:
    """Nothing happens but the count, and its term if the agent exists."""
    before = desk.batch.snapshot()[0]
    assert desk.operate(what, number, agent) == charged(agent, 1)
    after = desk.batch.states[0]
    written = {"illegal_actions", "terms", "desk_terms", "term_sums", "reward", "waiting_reward"}
    scratch = {"won", "slot_mask", "shared", "order", "group", "tie", "place"}
    for name in set(after.dtype.names) - written - scratch:
        np.testing.assert_array_equal(before[name], after[name], name)
    assert after["illegal_actions"] == before["illegal_actions"] + 1


ILLEGAL: list[tuple[str, int, int]] = [
    *((what, -1, 0) for what in OPERATIONS),  # no ticket
    *((what, 0, agent) for what in OPERATIONS for agent in (-1, AGENTS)),  # nobody
    *((what, number, 9) for what in OPERATIONS for number in (0, 1)),  # in whose absence
    ("assign", 0, 0),  # hers already
    ("assign", 2, 1),  # waits for its customer
    ("assign", 0, 3),  # cannot serve it
    ("escalate", 3, 1),  # as urgent as can be
    ("defer", 4, 1),  # has no deadline
    ("request_info", 1, 1),  # nobody holds it
    ("request_info", 2, 1),  # was asked about
    ("swarm", 1, 1),  # nobody holds it
    ("swarm", 2, 1),  # rests
    ("swarm", 5, 1),  # lies in its holder's hands
    ("swarm", 0, 0),  # her own
    ("swarm", 0, 3),  # cannot serve it
]


@pytest.mark.parametrize(("what", "number", "agent"), ILLEGAL)
def test_what_is_not_possible_is_counted_and_does_nothing(
    what: str, number: int, agent: int
) -> None:
    desk = Operator(
        row(0),
        row(0),
        row(0, category=1),
        row(0, category=2, priority=0),
        row(0, category=3, priority=2),
        row(0, category=4),
        service={"law": "deterministic", "mean_minutes": 10, "speed": {"at_0": 0, "at_1": 1}},
        agents=crew({3: 0.0}, shifts={9: {**ALWAYS, "ends": "09:01"}}),
        sla={"resolution_minutes": [20, 40, None, 80]},
        protocol={"verbs": {**VERBS, "request_info": {"mean_minutes": 99}}},
        reward={"sharing": 0, "weights": {"waiting": 0, "illegal_action": -1}},
    )
    desk.play((2, "accept", 2), (0, "accept", 0))
    desk.play((2, "request_info"), (0, "accept", 5))
    if number >= 0 and 0 <= agent < AGENTS:
        assert not desk.can(what, number, agent)
    refused(desk, what, number, agent)


def test_masks_are_what_operate_does() -> None:
    """Every operation on every open ticket in every name, at moments of a random episode."""
    batch, rng = DeskBatch("everything_on"), np.random.default_rng(0)
    batch.reset(4)
    for _ in range(12):
        for _ in range(20):
            batch.step(legal_actions(batch, rng))
        tickets = batch.open_tickets()
        masks = batch.operation_masks(tickets)
        snapshot = batch.snapshot()
        for what, place, agent in rng.permutation(np.argwhere(masks >= 0))[:60].tolist():
            batch.operate(what, tickets[place], agent)
            refusals = batch.states["illegal_actions"][0] - snapshot["illegal_actions"][0]
            assert refusals == 1 - masks[what, place, agent]
            batch.restore(snapshot)


def test_verbs_that_are_off_are_off_for_the_operator_too() -> None:
    """`reassign` among them, so that a held ticket stays where it is."""
    batch = DeskBatch("incident_storm")
    batch.reset(0)
    batch.step((np.arange(AGENTS) == 0).astype(np.int32)[None])
    holders = batch.states["tickets"]["holder"][0]
    held = next(ticket for ticket in batch.open_tickets() if holders[ticket] == 0)
    for refusals, what in enumerate(("assign", "escalate", "request_info", "defer"), start=1):
        batch.operate(OPERATIONS.index(what), held, 1)
        assert batch.metrics()["illegal_actions"] == refusals
    batch.operate(OPERATIONS.index("swarm"), held, 1)
    assert batch.metrics()["illegal_actions"] == 4
    assert batch.metrics()["swarms"] == 1


def test_a_desk_without_verbs_has_no_operations() -> None:
    batch = DeskBatch("saas_balanced")
    batch.reset(0)
    with pytest.raises(ValueError, match="with verbs, incidents, learning or customers"):
        batch.operate(0, 0, 0)


def test_only_open_tickets() -> None:
    desk = Operator(row(0))
    for ticket in (-2, 250, 10**6):
        with pytest.raises(ValueError, match="open ticket"):
            desk.batch.operate(0, ticket, 0)
        with pytest.raises(ValueError, match="open ticket"):
            desk.batch.operation_masks([-1, ticket])
    with pytest.raises(ValueError, match="env"):
        desk.batch.operate(0, desk.index(0), 0, env=1)


@pytest.mark.parametrize("strange", ["assign", 0.5, None, 10**30])
def test_only_whole_numbers(strange: Any) -> None:
    desk = Operator(row(0))
    ticket = desk.index(0)
    for name, numbers in (
        ("operation", (strange, ticket, 0)),
        ("ticket", (0, strange, 0)),
        ("agent", (0, ticket, strange)),
    ):
        with pytest.raises(ValueError, match=f"^{name}: expected a whole number"):
            desk.batch.operate(*numbers)
    assert desk.metrics["illegal_actions"] == 0
