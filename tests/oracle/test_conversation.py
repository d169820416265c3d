"""Customers and conversations of the oracle: examples worked by hand."""

from typing import Any

import numpy as np
import pytest

from marl_routing.core.conversation_record import NUM_CONTEXT, SENTIMENTS, STRATEGIES, TIERS
from marl_routing.core.parameters import RESPOND
from marl_routing.scenario import compile_scenario, load_scenario
from tests.oracle.conversation import probability
from tests.oracle.desk import OracleDesk
from tests.oracle.tickets import Talk, Ticket

CONTEXT = {f"trait_{j}": "something known of the customer" for j in range(NUM_CONTEXT)}
# Sure to work, or sure not to: the clipping leaves 0.02 that these seeds do not meet.
SURE, NEVER = [1.0] * 5, [0.0] * 5


def strategy(**changes: Any) -> dict[str, Any]:
    """What an answer does."""
    return {"rise": 0, "gain": 0.5, "loss": 0.5, "advance": 0, "fall": NEVER, **changes}


EFFECTS = {
    **{name: strategy() for name in STRATEGIES},
    "empathetic": strategy(rise=1),
    "technical": strategy(advance=1, context={"trait_2": 0.2}),
    "upsell": strategy(fall=SURE),
}
EFFECTIVENESS = {name: NEVER if name == "upsell" else SURE for name in STRATEGIES}


def inquiry(needs: int) -> dict[str, Any]:
    """Premium customers who are annoyed."""
    return {
        "needs": needs,
        "tiers": [0, 1, 0],
        "sentiments": [0, 1, 0, 0, 0],
        "urgency": [1, 1, 1, 1, 1],
        "prior_satisfaction": [0.4, 0.4],
        "effectiveness": EFFECTIVENESS,
    }


SHOP: dict[str, Any] = {
    "name": "by_hand",
    "time": {"horizon_steps": 30},
    "customers": {
        "industries": [
            {"name": "shop", "inquiry_types": {"refund": inquiry(2), "advice": inquiry(1)}}
        ],
        "strategies": {"context": CONTEXT, "effects": EFFECTS},
        "max_turns": 4,
        "silent": {"fall": SURE, "loss": 0.25},
    },
    "arrivals": {
        "process": "trace",
        "trace": [
            {"time_minutes": 0, "category": "refund", "priority": "critical"},
            {"time_minutes": 0, "category": "advice", "priority": "minimal"},
        ],
    },
    "service": {"mean_minutes": [3, 2], "speed": {"at_0": 0.5, "at_1": 1.0}, "switch_minutes": 0},
    "agents": {
        "team": [{"name": "Ada", "expertise": [1, 0]}, {"name": "Ben", "expertise": [1, 1]}],
        "capacity": 3,
    },
    "queue": {"window": "per_category"},
    "protocol": {"verbs": {"release": {}}},
    "reward": {"sharing": 0, "weights": {"waiting": 0, "satisfaction": 1}},
}
SLOTS, RELEASE = 4, 5
(SOOTHE, SOLVE, ESCALATE, SELL) = (
    RELEASE + 1 + STRATEGIES.index(name)
    for name in ("empathetic", "technical", "escalate", "upsell")
)
REFUND, ADVICE = 1, 3  # accept them


def by_hand(**changes: Any) -> OracleDesk:
    """Ticket 0 asks for a refund and is in slot 1, ticket 1 for advice and is in slot 3."""
    changes = {name.replace("__", "."): value for name, value in changes.items()}
    desk = OracleDesk(compile_scenario(load_scenario(SHOP, **changes)))
    desk.reset(0)
    return desk


def talk_of(desk: OracleDesk, number: int) -> Talk:
    """The conversation of a ticket."""
    talk = desk.tickets[number].talk
    assert talk is not None
    return talk


def play(desk: OracleDesk, *actions: int) -> Ticket:
    """Ada acts, Ben passes; the first ticket."""
    for action in actions:
        desk.step([action, 0])
    return desk.tickets[0]


def test_columns() -> None:
    desk = by_hand()
    assert desk.rules.verb_at[RESPOND] == SOOTHE
    assert len(desk.menu) == desk.sizes.actions == 1 + SLOTS + 1 + len(STRATEGIES)
    assert not desk.masks()[:, RELEASE:].any()
    play(desk, REFUND)
    assert desk.masks()[:, RELEASE:].tolist() == [[1] * 9, [0] * 9]


def test_customers() -> None:
    """Drawn from the inquiry type's mixes, whatever happens to them."""
    talk = talk_of(by_hand(), 0)
    assert (TIERS[talk.tier], SENTIMENTS[talk.sentiment]) == ("premium", "annoyed")
    assert talk.prior == talk.satisfaction == pytest.approx(0.4)
    assert len(set(talk.context)) == NUM_CONTEXT
    assert talk.context == talk_of(by_hand(customers__max_turns=7), 0).context


def test_a_conversation() -> None:
    desk = by_hand()
    ticket, talk = play(desk, REFUND), talk_of(desk, 0)
    assert (ticket.served, ticket.first_service, talk.turns) == (1, 1, 0)  # accepted, no turn yet
    play(desk, SOOTHE)
    assert (talk.turns, talk.sentiment, talk.progress) == (1, 2, 0)
    assert talk.satisfaction == pytest.approx(0.7)
    play(desk, SOLVE)
    assert (talk.turns, talk.sentiment, talk.progress) == (2, 2, 1)
    play(desk, SOLVE)
    assert (ticket.outcome, talk.end) == ("resolved", "resolved")
    csat = 1 - 0.6 / 8
    terms = desk.terms()
    assert terms["resolved"] == [1, 0]
    assert terms["satisfaction"] == pytest.approx([2 * csat, 0])
    assert terms["efficiency"] == pytest.approx([0.2, 0])  # three turns of four
    assert terms["business_impact"] == pytest.approx([0.35, 0.35])
    assert desk.rewards == terms["satisfaction"]
    metrics = desk.metrics()
    assert metrics["csat"] == metrics["by_tier"]["premium"]["csat"] == pytest.approx(csat)
    assert metrics["by_industry"] == {"shop": metrics["by_inquiry"]["refund"]}
    assert (metrics["success_rate"], metrics["turns_per_conversation"]) == (1, 3)
    assert metrics["strategies"]["technical"] == pytest.approx(2 / 3)
    assert np.isnan(metrics["by_inquiry"]["advice"]["csat"])


def test_what_is_seen() -> None:
    """Of the current ticket, and of those in the window."""
    desk = by_hand()
    play(desk, REFUND, SOLVE)
    row = desk.observations()[0]
    customer = row[desk.sizes.own - 8 - NUM_CONTEXT : desk.sizes.own]
    assert customer[:8] == pytest.approx([0.25, 0.5, 0.7, 0.4, 0.25, 0.5, 1, 0])
    assert customer[8:] == pytest.approx(talk_of(desk, 0).context)
    assert not desk.observations()[1, desk.sizes.own - 8 - NUM_CONTEXT : desk.sizes.own].any()
    slots = row[desk.sizes.own + desk.sizes.private :]
    assert slots[6 * SLOTS : 9 * SLOTS].reshape(3, SLOTS).T.tolist() == [
        [0, 0, 0],
        [0, 0, 0],
        [0.25, 0.5, 0],
        [0, 0, 0],
    ]


@pytest.mark.parametrize("action", [0, ADVICE, SLOTS, 99], ids=["pass", "accept", "hole", "none"])
def test_silence(action: int) -> None:
    """An agent who does anything else does not answer."""
    desk = by_hand()
    play(desk, REFUND, action)
    talk = talk_of(desk, 0)
    assert (talk.turns, talk.sentiment, talk.worn) == (1, 0, [0] * 8)
    assert talk.satisfaction == pytest.approx(0.3)
    assert desk.metrics()["strategies"]["silent"] == 1


def test_hanging_up() -> None:
    desk = by_hand()
    ticket = play(desk, REFUND, SELL)
    talk = talk_of(desk, 0)
    assert (talk.sentiment, talk.worn[7], ticket.outcome) == (0, 1, "open")
    play(desk, SELL)
    assert (talk.sentiment, talk.end, ticket.outcome, ticket.left) == (0, "hung up", "abandoned", 3)
    assert desk.terms()["abandoned"] == [0.5, 0.5]
    metrics = desk.metrics()
    assert (metrics["hang_ups"], metrics["abandoned"], metrics["success_rate"]) == (1, 1, 0)
    assert metrics["csat"] == pytest.approx(0.1)
    assert metrics["wait_to_start_minutes"] == 0  # it was answered
    assert metrics["escalation_rate"] == 0


def test_running_out_of_turns() -> None:
    desk = by_hand()
    ticket = play(desk, REFUND, *[SOOTHE] * 4)
    assert (talk_of(desk, 0).end, ticket.outcome) == ("out of turns", "abandoned")
    assert desk.counts["turn_limits"] == 1
    assert talk_of(desk, 0).sentiment == 4
    assert play(by_hand(customers__max_turns=2), REFUND, SOLVE, SOLVE).outcome == "resolved"


def test_escalating() -> None:
    """With its history, to anybody else; it is worth something once."""
    desk = by_hand(customers__max_turns=10)
    ticket = play(desk, REFUND, SELL, SOLVE, ESCALATE)
    talk = talk_of(desk, 0)
    assert desk.terms()["escalation"] == [1, 0]
    assert desk.terms()["business_impact"] == pytest.approx([0.175, 0.175])
    assert (desk.held(), desk.queue_order(), ticket.outcome) == ([[], []], [0, 1], "open")
    assert (talk.turns, talk.talked, talk.progress, talk.sentiment) == (0, 3, 1, 0)
    assert (talk.worn, talk.escalated, talk.escalator) == ([0] * 8, 1, 0)
    assert desk.masks()[:, REFUND].tolist() == [0, 1]
    desk.place(0, 0)
    assert desk.terms()["illegal_action"] == [1, 0]
    desk.step([0, REFUND])
    assert desk.terms()["accept_base"] == [0, 0]
    desk.step([0, ESCALATE])
    assert desk.terms()["business_impact"] == [0, 0]
    assert desk.masks()[:, REFUND].tolist() == [1, 0]
    assert desk.metrics()["escalation_rate"] == 1
    play(desk, REFUND, SOLVE)
    assert desk.terms()["resolved"] == [1, 0]
    assert desk.terms()["business_impact"] == pytest.approx([0.175, 0.175])  # the rest


def test_nobody_to_escalate_to() -> None:
    desk = by_hand(service__speed={"at_0": 0, "at_1": 1})
    desk.step([REFUND, ADVICE])
    assert desk.masks()[:, ESCALATE].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("worn", "skill", "escalated", "expected"),
    [(0, 1.0, 0, 0.6), (1, 1.0, 0, 0.45), (5, 1.0, 0, 0.3), (0, 0.0, 0, 0.3), (1, 0.5, 2, 0.4875)],
)
def test_probability(worn: int, skill: float, escalated: int, expected: float) -> None:
    """It wears off, takes skill, and a colleague before helps."""
    desk = by_hand()
    desk.rules.effectiveness[0][:2] = [0.0] * 8, [0.6] * 8  # of the angry, and the annoyed
    talk, ada = talk_of(desk, 0), desk.agents[0]
    talk.worn, talk.escalated, ada.expertise[0] = [worn] * 8, escalated, skill
    assert probability(desk, ada, desk.tickets[0], 0) == pytest.approx(expected)
    talk.context[2] = 0.9
    with_context = probability(desk, ada, desk.tickets[0], STRATEGIES.index("technical"))
    assert with_context == pytest.approx(expected + 0.2 * 0.4)
    talk.sentiment = 0
    assert probability(desk, ada, desk.tickets[0], 0) == max(0.02, 0.15 * (escalated > 0))


def test_another_agent_goes_on() -> None:
    """A released ticket's conversation does not start anew; its turns remain counted."""
    desk = by_hand()
    play(desk, REFUND, SOLVE, RELEASE)
    desk.step([0, REFUND])
    talk = talk_of(desk, 0)
    assert (talk.turns, talk.progress) == (1, 1)
    desk.step([0, SOLVE])
    assert desk.terms()["resolved"] == [0, 1]


def test_reopening() -> None:
    """Who is content does not come back; who does is worse tempered."""
    reopen = {"probability": 0.5, "mean_minutes": 1, "at_most": 1}
    desk = by_hand(incidents={"reopen": reopen}, customers__strategies__effects__technical__gain=0)
    play(desk, REFUND, SOLVE, SOLVE, 0)  # 0.5 * 2 * (1 - 0.4)
    talk = talk_of(desk, 0)
    assert desk.counts["reopened"] == 1
    assert desk.terms()["satisfaction"] == pytest.approx([-0.8, 0])  # taken back
    assert desk.terms()["efficiency"] == pytest.approx([-0.3, 0])
    assert desk.terms()["business_impact"] == pytest.approx([-0.35, -0.35])
    assert (talk.sentiment, talk.turns, talk.talked, talk.progress, talk.end) == (0, 0, 2, 0, None)
    assert talk.satisfaction == pytest.approx(0.4)
    play(desk, REFUND, SOLVE, SOLVE)
    metrics = desk.metrics()
    assert (metrics["resolved"], metrics["turns_per_conversation"]) == (2, 2)  # each counts once
    desk = by_hand(incidents={"reopen": reopen}, customers__strategies__effects__technical__gain=1)
    play(desk, REFUND, SOLVE, SOLVE, *[0] * 20)
    assert desk.counts["reopened"] == 0


def test_turning_to_the_next_ticket() -> None:
    """A context switch comes first: steps of delay are no turns."""
    desk = by_hand(service__switch_minutes=2)
    play(desk, ADVICE, REFUND, SOLVE)
    assert desk.tickets[1].outcome == "resolved"
    ticket = play(desk, SOLVE, SOLVE)
    assert (ticket.delay, ticket.served, talk_of(desk, 0).turns) == (0, 0, 0)
    play(desk, SOLVE)
    assert (ticket.served, talk_of(desk, 0).turns) == (1, 1)
