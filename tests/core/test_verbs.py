"""What agents do besides accepting: what each verb changes, costs and counts."""

import numpy as np
import pytest

from tests.core.by_hand import AGENTS, VERBS, Deed, Desk, crew, row, verbs

LOW, MEDIUM, HIGH, CRITICAL = 3, 2, 1, 0


def test_escalation_raises_the_priority_and_takes_its_deadlines() -> None:
    desk = Desk(row(0), row(2))
    desk.run(4)
    desk.play((0, "escalate", 1))
    assert desk.ticket(1)["priority"] == MEDIUM
    assert desk.ticket(1)["due"] == 2 + 60
    assert desk.ticket(1)["first_due"] == 2 + 15
    assert (desk.ticket(0)["priority"], desk.ticket(0)["due"]) == (LOW, 80)
    for _ in range(2):
        desk.play((0, "escalate", 1))
    assert desk.ticket(1)["priority"] == CRITICAL
    assert not desk.may(0, "escalate", 1)
    assert desk.metrics["escalated"] == 3


def test_an_escalated_ticket_is_never_due_in_the_past() -> None:
    desk = Desk(row(0, work=100))
    desk.run(70)
    desk.play((0, "escalate", 0))
    assert desk.ticket(0)["due"] == 71  # at clock 70, 60 is over; it breaches at once
    assert desk.metrics["term_sla_breach"] == 1


def test_escalation_never_makes_a_deadline_later() -> None:
    later = {"sla__resolution_minutes": [20, 40, 90, 30], "sla__first_response_minutes": None}
    desk = Desk(row(0), **later)
    desk.play((0, "escalate", 0))
    assert (desk.ticket(0)["priority"], desk.ticket(0)["due"]) == (MEDIUM, 30)


def test_however_many_ask_a_ticket_is_escalated_once_and_all_pay() -> None:
    desk = Desk(row(0))
    desk.play((2, "escalate", 0), (5, "escalate", 0), (7, "escalate", 0), (8, "defer", 0))
    assert desk.ticket(0)["priority"] == MEDIUM
    assert desk.ticket(0)["due"] == 60 + 30  # and deferred in the same step
    assert (desk.metrics["escalated"], desk.metrics["deferred"]) == (1, 1)
    assert desk.term("operation") == [0, 0, 1, 0, 0, 1, 0, 1, 2, 0]


def test_escalation_moves_a_ticket_up_the_queue() -> None:
    """It leaves its place by deadline for a new one, and stays queued."""
    desk = Desk(row(0), row(0), row(1), queue__order="deadline")
    desk.run(1)
    assert desk.batch.view().number[0, :2].tolist() == [0, 1]
    desk.play((0, "escalate", 1))
    assert desk.batch.view().number[0, :2].tolist() == [1, 0]
    assert desk.metrics["backlog_end"] == 3


def test_deferring_is_possible_so_many_times() -> None:
    desk = Desk(row(0))
    for times in (1, 2):
        desk.play((0, "defer", 0))
        assert desk.ticket(0)["due"] == 80 + 30 * times
        assert desk.ticket(0)["first_due"] == 20 + 30 * times
    assert not desk.may(0, "defer", 0)
    desk.play((0, "defer", 0))
    assert desk.ticket(0)["due"] == 140
    assert desk.metrics["deferred"] == 2
    assert desk.metrics["illegal_actions"] == 1


def test_the_last_step_before_a_deadline_is_the_last_to_defer() -> None:
    desk = Desk(row(0))
    desk.run(79)
    assert desk.may(0, "defer", 0)
    desk.run(1)
    assert not desk.may(0, "defer", 0)


def test_attainment_knows_the_deadlines_promised() -> None:
    """Deferring spares neither KPIs nor the term `sla_breach`."""
    kpis = ("sla_resolution", "sla_first_response", "breaches", "first_response_breaches")
    for deferred in (False, True):
        desk = Desk(row(0, work=10))
        if deferred:
            desk.play((0, "defer", 0))
        desk.run(75 - desk.clock)
        desk.play((0, "accept", 0))
        assert desk.run_until_resolved(0) == 85
        assert [desk.metrics[kpi] for kpi in kpis] == [0, 0, 1, 1]
        assert desk.metrics["term_sla_breach"] == 1


def test_attainment_forgives_what_escalation_made_late() -> None:
    desk = Desk(row(0, work=10))
    desk.play((0, "escalate", 0))
    desk.run(59)
    assert desk.metrics["term_sla_breach"] == 1
    desk.play((0, "accept", 0))
    desk.run_until_resolved(0)
    assert desk.clock == 70
    assert desk.metrics["sla_resolution"] == 1
    assert desk.metrics["breaches"] == 0
    assert desk.metrics["by_priority"]["low"]["sla_resolution"] == 1
    assert np.isnan(desk.metrics["by_priority"]["medium"]["sla_resolution"])


@pytest.mark.parametrize(("work", "clock"), [("kept", 16), ("lost", 20)])
def test_released_work_is_kept_or_lost(work: str, clock: int) -> None:
    desk = Desk(row(0, work=10), protocol__verbs=verbs(release={"work": work}))
    desk.play((0, "accept", 0))
    desk.run(3)
    desk.play((0, "release"))
    assert desk.held(0) == []
    assert desk.ticket(0)["holder"] == -1
    assert desk.ticket(0)["work"] == (6 if work == "kept" else 10)
    desk.run(5)
    desk.play((1, "accept", 0))
    assert desk.run_until_resolved(0) == clock
    assert desk.metrics["released"] == 1
    assert desk.metrics["transfer_rate"] == 1 / 2
    assert desk.metrics["term_accept_base"] == 1
    assert desk.metrics["resolved_by_agent"][:2] == [0, 1]


def test_a_released_ticket_is_not_to_be_had_in_the_same_step() -> None:
    desk = Desk(row(0))
    desk.play((0, "accept", 0))
    desk.play((0, "release"))
    assert desk.may(0, "accept", 0)
    assert desk.ticket(0)["served"] == 1


def test_whoever_takes_a_released_ticket_has_to_turn_to_it() -> None:
    desk = Desk(row(0), row(0, category=1), service__switch_minutes=3)
    desk.play((0, "accept", 0), (1, "accept", 1))
    desk.run(2)
    desk.play((0, "release"))
    desk.run_until_resolved(1)
    desk.play((1, "accept", 0))
    desk.run(2)
    assert desk.ticket(0)["served"] == 3  # three steps of turning, the first with the accept
    desk.run(1)
    assert desk.ticket(0)["served"] == 4
    assert desk.metrics["context_switches"] == 1


def test_only_the_team_may_accept_what_was_transferred() -> None:
    desk = Desk(row(0))
    assert desk.batch.rules.desk[0]["team_of"].tolist() == [0, 1] * 5
    desk.play((0, "accept", 0))
    assert not desk.may(0, "transfer", 0)
    desk.play((0, "transfer", 1))
    assert [desk.may(a, "accept", 0) for a in range(AGENTS)] == [False, True] * 5
    assert not desk.batch.place(desk.index(0), 2).any()
    assert desk.metrics["illegal_actions"] == 1
    desk.play((2, "accept", 0), (3, "accept", 0))
    assert desk.held(3) == [0]
    assert desk.metrics["illegal_actions"] == 2
    assert (desk.metrics["transferred"], desk.metrics["transfer_rate"]) == (1, 1 / 2)
    desk.play((3, "release"))
    assert [desk.may(a, "accept", 0) for a in range(AGENTS)] == [False, True] * 5


def test_a_team_that_cannot_serve_it_is_sent_nothing() -> None:
    odd_can_not = {a: [0, 1, 1, 1, 1] for a in range(1, AGENTS, 2)}
    speed = {"law": "deterministic", "mean_minutes": 10, "speed": {"at_0": 0, "at_1": 1}}
    desk = Desk(row(0), row(0, category=1), service=speed, agents=crew(odd_can_not))
    desk.play((0, "accept", 0), (2, "accept", 1))
    assert not desk.may(0, "transfer", 1)
    assert desk.may(2, "transfer", 1)
    assert not desk.may(1, "swarm", 0)
    assert desk.may(1, "swarm", 2)


EACH: dict[str, Deed] = {
    "escalate": (4, "escalate", 1),
    "defer": (4, "defer", 1),
    "swarm": (4, "swarm", 0),
    "request_info": (0, "request_info"),
    "release": (0, "release"),
    "transfer": (0, "transfer", 1),
}
COUNTED = {
    "escalate": "escalated",
    "defer": "deferred",
    "swarm": "swarms",
    "request_info": "info_requests",
    "release": "released",
    "transfer": "transferred",
}


@pytest.mark.parametrize("verb", EACH)
def test_every_verb_has_its_cost_and_its_line(verb: str) -> None:
    deed, cost = EACH[verb], VERBS[verb]["cost"]
    desk = Desk(row(0), row(0))
    desk.play((0, "accept", 0))
    assert not any(desk.metrics[kpi] for kpi in COUNTED.values())
    assert desk.may(*deed)
    desk.play(deed)
    paid = [cost if agent == deed[0] else 0 for agent in range(AGENTS)]
    assert desk.term("operation") == paid
    assert desk.batch.rewards[0].tolist() == [-amount for amount in paid]
    assert {v: desk.metrics[kpi] for v, kpi in COUNTED.items()} == {v: v == verb for v in COUNTED}
    assert desk.metrics["term_operation"] == cost


@pytest.mark.parametrize("verb", EACH)
def test_who_has_no_business_may_not(verb: str) -> None:
    """No ticket in work, none shown, nobody to help: illegal, counted, and nothing happens."""
    desk = Desk(row(5))
    action = int(desk.batch.rules.desk[0]["verb_at"][list(VERBS).index(verb)])
    before = desk.batch.snapshot()
    actions = np.zeros((1, AGENTS), np.int32)
    actions[0, 3] = action
    assert not desk.batch.action_masks[0, 3, action]
    desk.batch.step(actions)
    assert desk.metrics["illegal_actions"] == 1
    assert desk.term("operation") == [0] * AGENTS
    desk.batch.restore(before)
    desk.play()
    assert desk.metrics["illegal_actions"] == 0


def test_a_full_agent_may_use_verbs() -> None:
    desk = Desk(*(row(0) for _ in range(11)))
    for number in range(10):
        desk.batch.place(desk.index(number), 0)
    assert not desk.may(0, "accept", 10)
    assert desk.may(0, "escalate", 10)
    desk.play((0, "escalate", 10))
    assert desk.ticket(10)["priority"] == MEDIUM


@pytest.mark.parametrize(("slowdown", "clock"), [(0, 10), (0.5, 15), (1, 20)])
def test_two_at_once_are_each_slower(slowdown: float, clock: int) -> None:
    desk = Desk(
        *(row(0, category=category) for category in range(3)),
        agents=crew(concurrency=2),
        service__concurrency_slowdown=slowdown,
    )
    for number, agent in ((0, 0), (1, 0), (2, 1)):
        desk.batch.place(desk.index(number), agent)
    assert desk.run_until_resolved(2) == 10
    assert desk.is_open(0) == desk.is_open(1) == (slowdown > 0)
    for number in (0, 1):
        if slowdown:
            desk.run_until_resolved(number)
    assert desk.clock == clock
