"""`marl-routing gap`."""

import json

import pytest
from typer.testing import CliRunner

from marl_routing.cli import app


def test_gap_prints_ratios_as_a_table_and_as_json() -> None:
    command = ["gap", "exact/v_desk", "--policies", "best_skill, c_mu"]
    shown = CliRunner().invoke(app, command)
    assert shown.exit_code == 0, shown.output
    assert "1.5043" in shown.output
    assert "c_mu comes closest, at that very cost" in shown.output
    found = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)
    assert found["optimal"] == pytest.approx(10.5618, rel=1e-5)
    assert found["policies"]["best_skill"]["exact"]


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
