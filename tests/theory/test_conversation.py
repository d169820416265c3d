"""What to say, solved exactly: the best rule looks ahead, and the desk pays what it should."""

import numpy as np
import pytest
from numpy.typing import NDArray

from marl_routing import DeskBatch
from marl_routing.envs.conversations import TalkView
from marl_routing.scenario import Scenario, load_scenario
from marl_routing.views.conversation_desk import ACCEPTING, AGENT, conversation_desk
from tests.theory.conversations import (
    DECIMALS,
    ESCALATE,
    STRATEGIES,
    UNWORN,
    Conversation,
    Rule,
    State,
)

TURNS, EXPERTISE, PRIOR, BASIC = 5, 0.7, 0.5, 0
SOOTHE, TECHNICAL = STRATEGIES.index("empathetic"), STRATEGIES.index("technical")
CONVERSATIONS, STANDARD_ERRORS = 20_000, 3.0


def small_scenario() -> Scenario:
    """Two inquiry types; every customer is basic, half satisfied, and as any other in context."""
    data = load_scenario("support_bfsi").to_dict()
    customers = data["customers"]
    (industry,) = customers["industries"]
    kinds = industry["inquiry_types"]
    industry["inquiry_types"] = {name: kinds[name] for name in ("account_balance", "fraud_report")}
    for kind, needs in zip(industry["inquiry_types"].values(), (1, 2), strict=True):
        fixed = {"tiers": [1, 0, 0], "prior_satisfaction": [PRIOR, PRIOR], "needs": needs}
        kind |= fixed | {"share": 0.5, "sentiments": [0.4, 0.3, 0.3, 0, 0]}
    for effect in customers["strategies"]["effects"].values():
        # The same for all, so that few satisfactions can be reached; and no context.
        effect |= {"gain": 0.15, "loss": 0.1, "context": {}}
    customers |= {"max_turns": TURNS, "wear": 0.0}
    data["service"]["mean_minutes"] = TURNS
    return load_scenario(data)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return small_scenario()


@pytest.fixture(scope="module")
def solved(scenario: Scenario) -> list[Conversation]:
    return [Conversation(scenario, inquiry, BASIC, EXPERTISE) for inquiry in range(2)]


def rules_of(conversation: Conversation) -> dict[str, Rule]:
    return {
        "best": conversation.best,
        "myopic": conversation.myopic,
        "technical": lambda _: TECHNICAL,
        "turn by turn": lambda state: (SOOTHE, TECHNICAL, TECHNICAL, ESCALATE)[state.turns % 4],
    }


def expected_return(scenario: Scenario, solved: list[Conversation], rule: str) -> float:
    """Over inquiry types and moods at arrival."""
    customers = scenario.customers
    assert customers is not None
    total = 0.0
    for conversation, (_, _, kind) in zip(solved, customers.inquiry_types, strict=True):
        value = conversation.value_of(rules_of(conversation)[rule])
        for sentiment, chance in enumerate(kind.sentiments):
            total += kind.share * chance * value(State(0, 0, sentiment, PRIOR))
    return total


def simulated_returns(
    scenario: Scenario, solved: list[Conversation], rule: str
) -> NDArray[np.float64]:
    """(CONVERSATIONS,): the first agent talks by the rule, its colleague does nothing."""
    desks = DeskBatch(conversation_desk(scenario, EXPERTISE), num_envs=CONVERSATIONS)
    desks.reset(seed=0)
    says = [rules_of(conversation)[rule] for conversation in solved]
    actions = np.zeros((CONVERSATIONS, desks.num_agents), np.int32)
    actions[:, AGENT] = 1 + desks.action_masks[:, AGENT, 1:].argmax(axis=1)
    returns = np.zeros(CONVERSATIONS)
    for _ in range(ACCEPTING + TURNS):
        desks.step(actions)
        returns += desks.rewards.sum(axis=1, dtype=np.float64)
        view = desks.view()
        assert isinstance(view, TalkView)
        talks, talking = (
            view.conversations,
            view.strategies(desks.action_masks)[:, AGENT].any(axis=1),
        )
        actions[:] = 0
        for desk in np.flatnonzero(talking):
            own = (desk, AGENT)
            state = State(
                int(talks.turns[own]),
                int(talks.progress[own]),
                int(talks.sentiment[own]),
                round(float(talks.satisfaction[own]), DECIMALS),
                UNWORN,
            )
            actions[own] = view.first_strategy + says[talks.inquiry[own]](state)
    assert not talking.any()
    return returns


@pytest.mark.parametrize("rule", ["best", "myopic", "technical", "turn by turn"])
def test_the_simulator_pays_the_exact_values(
    scenario: Scenario, solved: list[Conversation], rule: str
) -> None:
    exact = expected_return(scenario, solved, rule)
    returns = simulated_returns(scenario, solved, rule)
    error = returns.std(ddof=1) / np.sqrt(len(returns))
    assert error < 0.02
    assert abs(returns.mean() - exact) <= STANDARD_ERRORS * error


def test_the_best_rule_looks_ahead(scenario: Scenario, solved: list[Conversation]) -> None:
    values = {rule: expected_return(scenario, solved, rule) for rule in rules_of(solved[0])}
    assert values["best"] == max(values.values()) > values["myopic"] + 0.5
    # An angry customer is calmed first, which by itself pays less than what is paid at once.
    balance, angry = solved[0], State(0, 0, 0, PRIOR)
    assert balance.best(angry) == SOOTHE != balance.myopic(angry)
    assert balance.effects[SOOTHE].advance == 0


@pytest.mark.parametrize(
    ("name", "inquiry"),
    [
        ("support_bfsi", "fraud_report"),
        ("support_retail", "shipping_issue"),
        ("support_tech", "billing_dispute"),
    ],
)
def test_escalating_is_the_best_for_some_customers(name: str, inquiry: str) -> None:
    """An angry premium customer, and four turns are left for the three steps of the solution."""
    scenario, premium, left = load_scenario(name), 1, 4
    talk = Conversation(scenario, scenario.categories.index(inquiry), premium, EXPERTISE)
    assert talk.kind.needs < left  # so that the agent could still solve it
    state = State(talk.customers.max_turns - left, 0, 0, 0.3)
    worths = [talk.worth(state, s, talk.best_value) for s in range(len(STRATEGIES))]
    others = [worth for s, worth in enumerate(worths) if s != ESCALATE]
    assert worths[ESCALATE] > max(others) + 0.05
