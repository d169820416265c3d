"""Customers: what the core is told of them, and industries as files."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from marl_routing.core.conversation_record import SENTIMENTS, STRATEGIES
from marl_routing.core.describe import action_meanings, observation_fields
from marl_routing.core.terms import TERMS
from marl_routing.scenario import Scenario, compile_scenario, load_scenario, registry
from marl_routing.scenario.demand import category_mix, priority_mix
from tests.scenario.bases import PLAIN

FOLDER = registry.configs_folder()
INDUSTRIES = {
    path.stem: yaml.safe_load(path.read_text()) for path in (FOLDER / "industries").glob("*.yaml")
}
STRATEGY_FILE = yaml.safe_load((FOLDER / "strategies" / "standard.yaml").read_text())
DESKS = [f"support_{name}" for name in (*INDUSTRIES, "mixed")]
SOLVING = ("technical", "product_recommend", "educational", "quick_resolution")
SOOTHING = ("empathetic", "apologetic")


def rules_of(scenario: Scenario) -> Any:
    return compile_scenario(scenario).rules.desk[0]


def test_fifteen_inquiry_types_of_three_industries() -> None:
    assert list(load_scenario("support_mixed").categories) == [
        *("account_balance", "transaction_dispute", "fraud_report"),
        *("loan_application", "investment_advice"),
        *("order_status", "return", "shipping_issue"),
        *("discount_inquiry", "product_recommendation"),
        *("technical_support", "api_integration", "billing_dispute"),
        *("bug_report", "feature_request"),
    ]
    assert len(INDUSTRIES) == 3


@pytest.mark.parametrize("name", DESKS)
def test_categories_follow_the_industries(name: str) -> None:
    scenario = load_scenario(name)
    desk = compile_scenario(scenario)
    assert scenario.customers is not None
    industries = [industry.name for industry in scenario.customers.industries]
    kinds = [kind for industry in industries for kind in INDUSTRIES[industry]["inquiry_types"]]
    assert desk.category_names == tuple(kinds)
    assert desk.priority_names == ("critical", "high", "medium", "low", "minimal")
    assert desk.industries == tuple(name for name in industries for _ in range(5))
    assert desk.sizes.talks
    assert desk.sizes.dynamic
    assert compile_scenario(load_scenario("saas_balanced")).industries == ()


@pytest.mark.parametrize("name", DESKS)
def test_tables_of_inquiry_types(name: str) -> None:
    scenario = load_scenario(name)
    rules = rules_of(scenario)
    assert scenario.customers is not None
    row = 0
    for industry in scenario.customers.industries:
        for kind in INDUSTRIES[industry.name]["inquiry_types"].values():
            np.testing.assert_allclose(np.diff(rules["tier_cdf"][row], prepend=0), kind["tiers"])
            feelings = np.diff(rules["sentiment_cdf"][row], prepend=0)
            np.testing.assert_allclose(feelings, kind["sentiments"], atol=1e-12)
            span = rules["prior_low"][row], rules["prior_high"][row]
            assert list(span) == kind["prior_satisfaction"]
            assert rules["needs"][row] == kind["needs"]
            for s, strategy in enumerate(STRATEGIES):
                given = kind["effectiveness"][strategy]
                assert rules["effectiveness"][row, :, s].tolist() == given
            row += 1
    assert row == len(rules["needs"])


def test_tables_of_strategies() -> None:
    rules = rules_of(load_scenario("support_bfsi"))
    for s, strategy in enumerate(STRATEGIES):
        given = STRATEGY_FILE["effects"][strategy]
        for key in ("rise", "gain", "loss", "advance"):
            assert rules[key][s] == given[key]
        assert rules["fall"][:, s].tolist() == given["fall"]
        effects = [given["context"].get(entry, 0.0) for entry in STRATEGY_FILE["context"]]
        assert rules["context_effects"][s].tolist() == effects
    assert np.count_nonzero(rules["context_effects"]) >= 16


def test_numbers_of_the_section() -> None:
    changed = {
        "max_turns": 7,
        "wear": 0.25,
        "skill_floor": 0.75,
        "tier_help": 0.5,
        "silent": {"fall": [0.5, 0.4, 0.3, 0.2, 0.1], "loss": 0.3},
        "tier_value": [0.1, 0.2, 0.3],
        "escalation_value": 0.9,
    }
    default = rules_of(load_scenario("support_bfsi"))
    rules = rules_of(load_scenario("support_bfsi", customers=changed | {"industries": ["bfsi"]}))
    assert (default["max_turns"], default["wear"], default["skill_floor"]) == (10, 0.5, 0.5)
    assert (default["tier_help"], default["escalation_value"]) == (0.15, 0.5)
    assert default["tier_value"].tolist() == [0.4, 0.7, 1.0]
    assert (rules["max_turns"], rules["wear"], rules["skill_floor"]) == (7, 0.25, 0.75)
    assert (rules["tier_help"], rules["escalation_value"]) == (0.5, 0.9)
    assert rules["tier_value"].tolist() == [0.1, 0.2, 0.3]
    assert rules["silent_fall"].tolist() == changed["silent"]["fall"]  # type: ignore[index]
    assert rules["silent_loss"] == 0.3


def test_mixes_come_from_the_industries_unless_given() -> None:
    mixed = load_scenario("support_mixed")
    shares = [k["share"] for k in INDUSTRIES["retail"]["inquiry_types"].values()]
    np.testing.assert_allclose(category_mix(mixed)[5:10], np.array(shares) / 3)
    urgency = INDUSTRIES["bfsi"]["inquiry_types"]["fraud_report"]["urgency"]
    assert priority_mix(mixed)[2].tolist() == urgency
    given = {"arrivals__category_mix": [1, 0, 0, 0, 3], "arrivals__priority_mix": [1, 0, 0, 0, 0]}
    bank = load_scenario("support_bfsi", **given)
    assert category_mix(bank).tolist() == [0.25, 0, 0, 0, 0.75]
    assert priority_mix(bank)[3].tolist() == [1, 0, 0, 0, 0]


def test_responding_has_eight_columns_after_the_other_verbs() -> None:
    verbs = {"escalate": {}, "defer": {}, "release": {}, "transfer": {}, "reassign": {}}
    changes = {"protocol__verbs": verbs, "agents__teams": ["first", "second"]}
    desk = compile_scenario(load_scenario("support_bfsi", **changes))
    at = desk.rules.desk[0]["verb_at"].tolist()
    assert at == [11, 21, -1, -1, 31, 32, 0, 34]
    assert desk.sizes.actions == 34 + 8 == len(action_meanings(desk))
    assert [words.split(": ")[-1] for words in action_meanings(desk)[34:]] == list(STRATEGIES)
    assert desk.rules.desk[0]["operation_costs"].tolist() == [1, 1, 0, 0, 1, 1, 1, 0]


def test_what_agents_see_of_customers() -> None:
    names = [name for name, _, _ in observation_fields(compile_scenario(load_scenario(DESKS[0])))]
    first = names.index("helping") + 1
    assert names[first : first + 9] == [
        *("customer_sentiment", "customer_tier", "customer_satisfaction", "customer_prior"),
        *("customer_turns", "customer_progress", "customer_urgency", "customer_escalated"),
        "customer_context[0]",
    ]
    assert names[first + 17] == "customer_context[9]"
    slots = names.index("slot_reopened[9]") + 1
    assert names[slots : slots + 30 : 10] == [
        "slot_sentiment[0]",
        "slot_tier[0]",
        "slot_escalated[0]",
    ]
    other = compile_scenario(load_scenario("everything_on"))
    assert not any("customer" in name or "tier" in name for name, *_ in observation_fields(other))


def test_the_preset_for_conversations() -> None:
    """Individual; a lost customer costs more than any escalation."""
    rules = rules_of(load_scenario("support_bfsi"))
    weights = dict(zip(TERMS, rules["weights"].tolist(), strict=True))
    paid = {name: round(weight, 6) for name, weight in weights.items() if weight}
    assert paid == {
        "satisfaction": 1,
        "efficiency": 1,
        "sla_breach": -0.2,
        "escalation": -0.3,
        "abandoned": -1.2,
        "dropped": -1.2,
        "business_impact": 1,
    }
    assert rules["sharing"] == 0
    late = rules_of(
        load_scenario("support_bfsi", reward__weights={"sla_breach": -2, "waiting": -1})
    )
    by_term = dict(zip(TERMS, late["weights"].tolist(), strict=True))
    assert by_term["abandoned"] == by_term["dropped"] == -(180 + 2 + 1)


def test_losing_a_customer_costs_the_best_that_one_is_worth() -> None:
    values = {"customers__tier_value": [0.1, 0.6, 0.3], "reward__weights__business_impact": 5}
    rules = rules_of(load_scenario("support_bfsi", **values))
    weights = dict(zip(TERMS, rules["weights"].tolist(), strict=True))
    assert weights["abandoned"] == weights["dropped"] == pytest.approx(-0.2 - 5 * 0.6)


@pytest.mark.parametrize("name", DESKS)
def test_a_written_scenario_holds_its_industries(name: str, tmp_path: Path) -> None:
    scenario = load_scenario(name)
    data = yaml.safe_load(scenario.to_yaml())
    assert isinstance(data["customers"]["industries"][0]["inquiry_types"], dict)
    assert data["customers"]["strategies"]["context"] == STRATEGY_FILE["context"]
    assert "categories" not in data
    path = tmp_path / "copy.yaml"
    path.write_text(scenario.to_yaml())
    assert load_scenario(path) == scenario
    assert hash(load_scenario(path)) == hash(scenario)


def test_the_order_of_inquiry_types_counts() -> None:
    desk = load_scenario("support_bfsi")
    data = desk.to_dict()
    kinds = data["customers"]["industries"][0]["inquiry_types"]
    data["customers"]["industries"][0]["inquiry_types"] = dict(reversed(kinds.items()))
    turned = load_scenario(data)
    assert turned != desk
    assert turned.categories == desk.categories[::-1]


def test_names_may_be_given_if_they_agree() -> None:
    desk = load_scenario("support_bfsi")
    assert load_scenario(desk.to_dict() | {"categories": list(desk.categories)}) == desk


def test_customers_are_dynamic_without_any_verb() -> None:
    data = {key: value for key, value in PLAIN.items() if key not in ("categories", "priorities")}
    desk = load_scenario(data | {"customers": {"industries": ["retail"]}})
    assert desk.dynamic
    assert not desk.verbs.used
    assert compile_scenario(desk).rules.desk[0]["verb_at"].tolist() == [-1] * 7 + [11]


@pytest.mark.parametrize("name", INDUSTRIES)
def test_tables_make_sense(name: str) -> None:
    """Solving works better the better the mood; soothing moves it; selling to the angry hurts."""
    rules = rules_of(load_scenario(f"support_{name}"))
    by_name = dict(zip(STRATEGIES, np.moveaxis(rules["effectiveness"], 2, 0), strict=True))
    at = {strategy: STRATEGIES.index(strategy) for strategy in STRATEGIES}
    for strategy in (*SOLVING, "upsell"):
        assert (np.diff(by_name[strategy], axis=1) >= 0).all()
        assert rules["advance"][at[strategy]] == 1
    for strategy in SOOTHING:
        assert rules["advance"][at[strategy]] == 0
        assert rules["rise"][at[strategy]] > rules["rise"][[at[s] for s in SOLVING]].max()
        assert (by_name[strategy][:, 0] > by_name["technical"][:, 0]).all()
    assert (by_name["upsell"][:, 0] <= 0.05).all()
    assert rules["fall"][0].argmax() == at["upsell"]
    assert (np.diff(by_name["escalate"], axis=1) <= 0).all()
    assert by_name["upsell"].shape[1] == len(SENTIMENTS)
