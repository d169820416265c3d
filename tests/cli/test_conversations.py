"""What commands tell of desks with customers."""

import json

from marl_routing.core.conversation_record import STRATEGIES, TIERS
from marl_routing.policies import list_policies

from .calls import FEW, invoke


def test_run_prints_satisfaction_by_group_and_what_agents_said() -> None:
    result = invoke("run", "support_bfsi", "--policy", "calm_then_solve", "--steps", "120")
    assert result.exit_code == 0
    for name in ("fraud_report", *TIERS, *STRATEGIES, "silent"):
        assert name.replace("_", " ") in result.stdout
    for words in ("inquiry type", "CSAT, %", "success, %", "what agents said", "% of their turns"):
        assert words in result.stdout
    assert "what agents said" not in invoke("run", "small_desk", "--steps", "3").stdout


def test_run_json_has_the_groups() -> None:
    arguments = ("--policy", "table_greedy", "--steps", "120", "--json")
    kpis = json.loads(invoke("run", "support_bfsi", *arguments).stdout)
    assert set(kpis["by_tier"]) == set(TIERS)
    assert set(kpis["by_industry"]) == {"bfsi"}
    assert len(kpis["by_inquiry"]) == 5
    assert abs(sum(kpis["strategies"].values()) - 1) < 1e-9


def test_compare_runs_every_rule_and_shows_what_was_said_to_whom() -> None:
    result = invoke("compare", "support_bfsi", *FEW)
    assert result.exit_code == 0
    for policy in list_policies(talking=True):
        assert f"\n  {policy} " in result.stdout
    headings = ("CSAT", "success", "escalated", "turns")
    assert all(heading in result.stdout for heading in headings)
    for title in ("by industry and tier, %", "by inquiry type, %"):
        assert f"success {title}" in result.stdout
    assert "what agents said, % of their turns" in result.stdout
    assert all(name in result.stdout for name in ("bfsi", "fraud", *TIERS, "upsell", "silent"))
    numbers = json.loads(
        invoke("compare", "support_bfsi", *FEW, "--policies", "fixed", "--json").stdout
    )
    (kpis,) = numbers["policies"].values()
    for kpi in (
        "by_industry.bfsi.success_rate",
        "by_inquiry.fraud_report.csat",
        "by_tier.vip.csat",
    ):
        assert 0 < kpis[kpi]["mean"] <= 1
    assert kpis["strategies.upsell"]["mean"] == 0
    plain = invoke("compare", "small_desk", *FEW, "--policies", "c_mu").stdout
    assert not any(heading in plain for heading in (*headings, "tier"))
