"""What is wrong with customers, industries or strategies is answered in one sentence."""

from pathlib import Path
from typing import Any

import pytest

from marl_routing.scenario import ScenarioError, load_scenario

DATA = load_scenario("support_bfsi").to_dict()
BANK = "customers.industries.0.inquiry_types"
FRAUD = f"{BANK}.fraud_report"
EFFECTS = "customers.strategies.effects"

WRONG: list[tuple[str, Any, str]] = [
    ("customers.turns", 3, "customers.turns: unknown key, did you mean 'max_turns'?"),
    ("customers.industries", [], "customers.industries: expected a list that is not empty, got []"),
    (
        "customers.industries",
        ["bfs"],
        "customers.industries.0: nothing is called 'bfs', known are bfsi, retail, tech and paths",
    ),
    (
        "customers.industries",
        ["bfsi", "nowhere.yaml"],
        "customers.industries.1: file not found: nowhere.yaml",
    ),
    ("customers.industries", [7], "customers.industries.0: expected a section with keys, got 7"),
    (
        "customers.industries",
        ["retail", "bfsi", "bfsi"],
        "customers.industries: expected different names, got 'bfsi' twice",
    ),
    (
        "customers.strategies",
        "kind",
        "customers.strategies: nothing is called 'kind', known are st",
    ),
    ("customers.max_turns", 0, "customers.max_turns: expected a number > 0, got 0"),
    ("customers.max_turns", 2, "customers.max_turns: expected at least the 3 turns that 'fraud_re"),
    ("customers.wear", 1.5, "customers.wear: expected a number <= 1, got 1.5"),
    ("customers.skill_floor", "low", "customers.skill_floor: expected a number, got 'low'"),
    ("customers.tier_help", -1, "customers.tier_help: expected a number >= 0, got -1"),
    ("customers.tier_help", 1.5, "customers.tier_help: expected a number <= 1, got 1.5"),
    ("customers.tier_value", [1, 1], "customers.tier_value: expected a list of at least 3, got"),
    ("customers.tier_value", [0, 1, 2], "customers.tier_value.2: expected a number <= 1, got 2"),
    (
        "customers.silent.fall",
        [0.1] * 6,
        "customers.silent.fall: expected a list of at most 5, got",
    ),
    (BANK, {}, f"{BANK}: expected"),
    (f"{FRAUD}.need", 1, f"{FRAUD}.need: unknown key, did you mean 'needs'?"),
    (f"{FRAUD}.needs", 0, f"{FRAUD}.needs: expected a number > 0, got 0"),
    (f"{FRAUD}.needs", 11, f"{FRAUD}.needs: expected a number <= 10, got 11"),
    (f"{FRAUD}.tiers", [0, 0, 0], f"{FRAUD}.tiers: expected at least one weight above 0"),
    (f"{FRAUD}.sentiments", [1, 2, 3], f"{FRAUD}.sentiments: expected a list of at least 5, got"),
    (f"{FRAUD}.urgency", [-1, 1, 1, 1, 1], f"{FRAUD}.urgency.0: expected a number >= 0, got -1"),
    (
        f"{FRAUD}.prior_satisfaction",
        [0.5, 0.4],
        f"{FRAUD}.prior_satisfaction: expected lowest, highest, got 0.5, 0.4",
    ),
    (
        f"{FRAUD}.effectiveness.apologetic",
        [0.5, 0.5, 0.5, 0.5, 1.5],
        f"{FRAUD}.effectiveness.apologetic.4: expected a number <= 1, got 1.5",
    ),
    (
        f"{FRAUD}.effectiveness.shouting",
        [0.5] * 5,
        f"{FRAUD}.effectiveness.shouting: expected one of empathetic, technical, escalate",
    ),
    (f"{FRAUD}.effectiveness", {}, f"{FRAUD}.effectiveness.empathetic: is required"),
    (f"{EFFECTS}.technical.rise", 2, f"{EFFECTS}.technical.rise: expected a number <= 1, got 2"),
    (f"{EFFECTS}.technical.advance", 0.5, f"{EFFECTS}.technical.advance: expected a whole number"),
    (
        f"{EFFECTS}.technical.context",
        {"height": 1},
        f"{EFFECTS}.technical.context.height: expected one of tenure, spending,",
    ),
    (
        "customers.strategies.context",
        {"tenure": "x"},
        "customers.strategies.context: expected a li",
    ),
    (
        "customers.strategies.effects",
        [1],
        "customers.strategies.effects: expected a section with n",
    ),
    ("categories", ["one", "two"], "categories: with customers expected account_balance, transact"),
    ("priorities", ["high", "low"], "priorities: with customers expected critical, high, medium,"),
    ("protocol", {"kind": "bid"}, "protocol.kind: with customers expected accept, got bid"),
    ("protocol.verbs.swarm", {}, "protocol.verbs.swarm: not with customers"),
    ("protocol.verbs.request_info", {}, "protocol.verbs.request_info: not with customers"),
    (
        "incidents.regression",
        {"probability": 0.1, "growth": 1},
        "incidents.regression: not with customers",
    ),
    (
        "incidents.block",
        {"probability": 0.1, "mean_minutes": 9},
        "incidents.block: not with customers",
    ),
    ("agents.concurrency", 2, "agents.concurrency: with customers expected 1, got 2"),
    (
        "reward.preset",
        "talk",
        "reward.preset: expected one of 'holding_cost', 'routing', 'triage' ",
    ),
    ("reward.weights.satisfacton", 1, "satisfacton: unknown key, did you mean 'satisfaction'?"),
]


PAID_FOR_TALKING = [
    ({"preset": "conversation"}, "reward.preset: conversation is only for desks with customers"),
    *(
        ({"weights": {term: 0.5}}, f"reward.weights.{term}: only for desks with customers")
        for term in ("satisfaction", "efficiency", "business_impact", "escalation")
    ),
]


@pytest.mark.parametrize(("reward", "sentence"), PAID_FOR_TALKING)
def test_nobody_is_paid_for_talking_where_nobody_talks(
    reward: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ScenarioError) as error:
        load_scenario("small_desk", reward=reward)
    assert str(error.value).endswith(sentence)
    load_scenario("support_bfsi", reward=reward)


@pytest.mark.parametrize(("path", "value", "sentence"), WRONG)
def test_a_wrong_value_is_named(path: str, value: Any, sentence: str) -> None:
    with pytest.raises(ScenarioError) as error:
        load_scenario(DATA, **{path: value})
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_an_industry_without_arrivals() -> None:
    kinds = DATA["customers"]["industries"][0]["inquiry_types"]
    silent = {name: kind | {"share": 0} for name, kind in kinds.items()}
    with pytest.raises(ScenarioError, match=r"inquiry_types: expected at least one share above 0"):
        load_scenario(DATA, **{BANK: silent})


def test_a_broken_industry_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "hotel.yaml"
    path.write_text("name: hotel\nname: motel\n")
    with pytest.raises(ScenarioError, match=r"name: given twice"):
        load_scenario("support_bfsi", customers__industries=[str(path)])
    path.write_text("name: hotel\n")
    with pytest.raises(ScenarioError, match=r"industries.0.inquiry_types: is required"):
        load_scenario("support_bfsi", customers__industries=[str(path)])


def test_what_else_is_wrong_is_named_first() -> None:
    """Names that follow from the customers hide no other mistake."""
    with pytest.raises(ScenarioError, match=r"^name: expected a text"):
        load_scenario(DATA | {"name": 7, "customers": {"industries": ["nobody"]}})
    with pytest.raises(ScenarioError, match=r"^customers: expected a section with keys, got 7"):
        load_scenario(DATA | {"customers": 7})
