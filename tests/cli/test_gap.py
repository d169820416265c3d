"""`marl-routing gap`."""

import json

import pytest
from typer.testing import CliRunner

from marl_routing.cli import app
from marl_routing.evaluation.gap import costs


def test_gap_prints_ratios_as_a_table_and_as_json() -> None:
    command = ["gap", "exact/v_desk", "--policies", "best_skill, c_mu"]
    shown = CliRunner().invoke(app, command)
    assert shown.exit_code == 0, shown.output
    assert "1.5043" in shown.output
    assert "c_mu comes closest, at that very cost" in shown.output
    found = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)
    assert found["optimal"] == pytest.approx(10.5618, rel=1e-5)
    assert found["policies"]["best_skill"]["exact"]


def test_policies_that_look_at_whole_desks_are_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is one put on a stage that is told what agents see."""
    monkeypatch.setattr(costs, "HORIZON", 2_100)
    monkeypatch.setattr(costs, "WARM_UP", 20)
    policy = "rollout:base=threshold:steps=2:samples=2"
    command = ["gap", "exact/x_desk", "--policies", policy, "--episodes", "2", "--json"]
    found = json.loads(CliRunner().invoke(app, command, catch_exceptions=False).stdout)
    row = found["policies"][policy]
    assert not row["exact"]
    assert row["low"] < row["cost"] < row["high"]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (9.7, 10.0, "not distinguishable from the optimum;"),
        (9.7, 9.9, "not distinguishable from the optimum;"),
        (10.1, 10.5, "at 10.3 (3 % more);"),
    ],
)
def test_the_headline_never_claims_to_beat_the_optimum(low: float, high: float, said: str) -> None:
    cost = costs.Cost("mine", (low + high) / 2, low, high, exact=False)
    gap = costs.Gap("desk", 10.0, 11.0, 0.1, 0.0, (cost,))
    assert f"mine comes closest, {said}" in gap.headline()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["gap", "saas_balanced"], "agents.count: expected 2 agents"),
        (["gap", "exact/x_desk", "--policies", "nobody"], "no policy is called 'nobody'"),
        (["gap", "exact/x_desk", "--policies", "truthful"], "only where agents bid"),
    ],
)
def test_gap_refuses_in_one_sentence(arguments: list[str], sentence: str) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
