"""Verbs, incidents and learning of the oracle: examples worked by hand."""

from typing import Any

import pytest

from marl_routing.scenario import compile_scenario, load_scenario
from tests.oracle import attainment
from tests.oracle.desk import OracleDesk
from tests.oracle.test_oracle import BY_HAND

VERBS = {
    "escalate": {"cost": 0.5},
    "defer": {"minutes": 2, "at_most": 1},
    "swarm": {"cost": 0.25},
    "request_info": {"mean_minutes": 1, "shrink": 0.5},  # of mean 1: always one step
    "release": {},
    "transfer": {},
    "reassign": {"cost": 2},
}
TEAM = [
    {"name": "Ada", "expertise": [1, 0], "team": "first"},
    {"name": "Ben", "expertise": [0, 1], "team": "second"},
]
(ESCALATE, DEFER, SWARM, ASK, RELEASE, TRANSFER) = (5, 9, 13, 15, 16, 17)  # first columns
ASSIGN_IT, ESCALATE_IT, ASK_ABOUT_IT, DEFER_IT, SWARM_IT = range(5)


def by_hand(**changes: Any) -> OracleDesk:
    """Ada's ticket 0 and Ben's ticket 1 are in slots 1 and 3; ticket 2 comes at clock 2."""
    scenario = load_scenario(
        BY_HAND,
        **{"protocol.verbs": VERBS, "agents.team": TEAM, "agents.teams": ["first", "second"]},
    )
    changes = {name.replace("__", "."): value for name, value in changes.items()}
    desk = OracleDesk(compile_scenario(load_scenario(scenario, **changes)))
    desk.reset(0)
    return desk


def own(desk: OracleDesk, *fields: int) -> list[list[float]]:
    """Of each agent, some of the last fields of its own block."""
    block = desk.observations()[:, : desk.sizes.own]
    return [[float(row[field]) for field in fields] for row in block]


def test_columns() -> None:
    """Pass, four accepts, four escalations, four deferrals, two swarms, ask, release, transfers."""
    desk = by_hand()
    assert len(desk.menu) == desk.sizes.actions == 19
    assert desk.rules.verb_at == [ESCALATE, DEFER, SWARM, ASK, RELEASE, TRANSFER, 0, -1]
    assert desk.masks().tolist() == [[1, *[1, 0, 1, 0], *[0, 0, 1, 0], *[1, 0, 1, 0], *[0] * 6]] * 2
    desk.step([1, 0])  # Ada can be helped, ask, release, and transfer to Ben's team
    assert desk.masks()[0, SWARM:].tolist() == [0, 0, 1, 1, 0, 1]
    assert desk.masks()[1, SWARM:].tolist() == [1, 0, 0, 0, 0, 0]


def test_asking() -> None:
    desk = by_hand(sla__pauses_while_pending=True)
    ticket = desk.tickets[0]
    desk.step([1, 0])
    assert (ticket.work, ticket.due) == (2, 3)
    desk.step([ASK, 0])  # the answer comes after one step, and halves the work
    assert desk.terms()["operation"] == [1, 0]
    assert (ticket.work, ticket.scale, ticket.due, ticket.pending) == (1, 0.5, 4, None)
    assert desk.agents[0].idle_since == 1
    assert desk.masks()[0, ASK] == 0  # once is enough
    desk.step([0, 0])
    assert (ticket.left, attainment.resolution(desk, ticket)) == (3, "met")
    assert desk.metrics()["pending_minutes"] == 1


def test_what_rests_is_seen() -> None:
    """An agent whose only ticket is pending holds it, and is free."""
    verbs = VERBS | {"request_info": {"mean_minutes": 1000}}
    desk = by_hand(protocol__verbs=verbs, agents__capacity=4)
    desk.step([1, 0])
    assert own(desk, -2, -1) == [[0, 0], [0, 0]]
    desk.step([ASK, 0])
    assert own(desk, -2, -1) == [[0.25, 0], [0, 0]]
    assert [agent.idle for agent in desk.agents] == [True, True]
    assert desk.terms()["idle_with_backlog"] == [1, 1]


def test_swarming() -> None:
    desk = by_hand(arrivals__trace=[trace("technical", 4)])
    desk.step([1, 0])
    desk.step([0, SWARM])  # Ben is half as fast, and turns to his first ticket at once
    assert desk.terms()["operation"] == [0, 0.25]
    assert (desk.tickets[0].work, desk.counts["swarms"]) == (1.5, 1)
    assert own(desk, -2, -1) == [[0, 0], [0, 1]]
    assert desk.masks()[1, RELEASE] == 1
    desk.step([0, 0])
    assert desk.tickets[0].outcome == "resolved"
    assert desk.terms()["resolved"] == [1, 0]
    assert [agent.idle_since for agent in desk.agents] == [3, 3]
    assert desk.metrics()["occupancy_by_agent"] == pytest.approx([1, 2 / 3])


def test_swarming_too_late() -> None:
    desk = by_hand()
    desk.step([1, 0])
    desk.step([RELEASE, SWARM])
    assert desk.terms()["operation"] == [1, 0.25]
    assert (desk.counts["swarms"], desk.agents[1].helping, desk.queue_order()) == (
        0,
        None,
        [0, 1, 2],
    )


@pytest.mark.parametrize(("work", "left"), [("kept", 2), ("lost", 3)])
def test_releasing(work: str, left: float) -> None:
    desk = by_hand(protocol__verbs=VERBS | {"release": {"work": work}})
    desk.step([1, 0])
    desk.step([RELEASE, 1])  # Ben is too early: it is not in the queue, and slot 1 was a hole
    assert desk.counts["illegal_actions"] == 1
    assert (desk.tickets[0].work, desk.tickets[0].delay, desk.held()) == (left, None, [[], []])
    desk.step([0, 1])
    assert desk.held() == [[], [0]]
    assert desk.terms()["accept_base"] == [0, 0]


def test_transferring() -> None:
    desk = by_hand()
    desk.step([1, 0])
    desk.step([TRANSFER + 1, 0])
    assert desk.queue_order() == [0, 1, 2]
    assert desk.masks()[:, 1].tolist() == [0, 1]  # only Ben's team may have it
    desk.place(0, 0)
    assert desk.terms()["illegal_action"] == [1, 0]
    assert desk.metrics()["transfer_rate"] == 1


def test_escalating_and_deferring() -> None:
    desk = by_hand()
    ticket = desk.tickets[1]
    desk.step([ESCALATE + 2, ESCALATE + 2])
    assert (ticket.priority, ticket.first_due, ticket.due) == (0, 1, 3)
    assert desk.terms()["operation"] == [0.5, 0.5]
    assert desk.counts["escalated"] == 1
    desk.step([DEFER + 2, ESCALATE + 2])  # answered too late already; and no priority is higher
    assert (ticket.first_breached, ticket.first_due, ticket.due) == (True, 1, 5)
    assert (desk.counts["deferred"], desk.counts["illegal_actions"]) == (1, 1)
    assert desk.masks()[:, DEFER + 2].tolist() == [0, 0]


def test_deferring_puts_no_breach_off() -> None:
    desk = by_hand()
    ticket = desk.tickets[0]
    for actions in ([DEFER, 0], [1, 0], [0, 0]):
        assert not ticket.breached
        desk.step(actions)
    assert (desk.clock, ticket.due, ticket.original_due, ticket.breached) == (3, 5, 3, True)
    desk.step([0, 0])
    assert (ticket.left, attainment.resolution(desk, ticket)) == (4, "breached")


def test_depending() -> None:
    desk = by_hand(incidents={"dependency": {"probability": 1, "within": 1}})
    assert desk.masks()[:, 1:5].tolist() == [[1, 0, 0, 0]] * 2
    for actions in ([1, 3], [0, 0], [0, 0]):
        assert desk.tickets[1].waits
        desk.step(actions)
    assert desk.tickets[0].outcome == "resolved"
    assert desk.masks()[:, 1:5].tolist() == [[0, 0, 1, 0]] * 2  # ticket 2 waits for ticket 1


def test_reopening() -> None:
    reopen = {"probability": 1, "mean_minutes": 1, "at_most": 1}
    desk = by_hand(incidents={"reopen": reopen})
    ticket = desk.tickets[0]
    for actions in ([1, 0], [0, 0], [0, 0], [0, 0]):
        desk.step(actions)
    assert (ticket.outcome, ticket.arrived, ticket.work, ticket.scale) == ("open", 4, 1.5, 0.5)
    assert (ticket.first_due, ticket.due, ticket.breached) == (None, 7, False)
    assert desk.terms()["resolved"] == [-1, 0]
    assert desk.terms()["reopened"] == [1, 0]
    desk.step([1, 0])
    desk.step([0, 0])
    desk.step([0, 0])
    assert desk.counts["resolved"] == 2
    assert desk.returning == []
    metrics = desk.metrics()
    assert (metrics["tickets"], metrics["resolved"], metrics["reopen_rate"]) == (4, 2, 0.5)


def test_learning() -> None:
    desk = by_hand(service__learning={"per_ticket": 0.5})
    for _ in range(5):
        desk.step([3, 0])
    ada = desk.agents[0]
    assert (desk.counts["resolved"], ada.expertise, ada.speed) == (1, [1, 0.5], [1, 0.75])
    assert ada.handle_steps[1] == pytest.approx(2 / 0.75)
    desk.reset()
    assert desk.agents[0].expertise == [1, 0]


def test_operating() -> None:
    desk = by_hand()
    desk.operate(ASSIGN_IT, 0, 0)  # as a dispatcher does
    assert (desk.held(), desk.terms()["accept_base"]) == ([[0], []], [1, 0])
    desk.operate(ASSIGN_IT, 0, 1)
    assert (desk.held(), desk.terms()["operation"]) == ([[], [0]], [0, 2])
    desk.operate(SWARM_IT, 0, 0)
    assert desk.agents[0].helping is desk.tickets[0]
    desk.operate(ASK_ABOUT_IT, 0, 0)
    assert desk.tickets[0].pending == "asked"
    assert not desk.agents[0].helping
    desk.operate(DEFER_IT, 0, 1)
    desk.operate(ESCALATE_IT, 1, 0)
    assert [(t.priority, t.due) for t in desk.tickets] == [(0, 5), (0, 3)]
    for operation, number, agent in (
        (ASSIGN_IT, 0, 0),  # pending
        (ASK_ABOUT_IT, 1, 1),  # nobody's
        (DEFER_IT, 0, 0),  # a second time
        (ESCALATE_IT, 0, 0),  # of the highest priority
        (SWARM_IT, 0, 0),  # not in work
        (ASSIGN_IT, 1, 7),  # who is that?
    ):
        before = desk.counts["illegal_actions"]
        desk.operate(operation, number, agent)
        assert desk.counts["illegal_actions"] == before + 1
    assert (desk.clock, desk.held(), desk.queue_order()) == (0, [[], [0]], [1])


def trace(category: str, minutes: float) -> dict[str, Any]:
    """A ticket at clock 0."""
    return {
        "time_minutes": 0,
        "category": category,
        "priority": "normal",
        "work_minutes": minutes,
    }
