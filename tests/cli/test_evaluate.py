"""`evaluate`, and `--report` of both commands."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from marl_routing import load_scenario
from marl_routing.evaluation.baselines import baselines
from marl_routing.evaluation.seeds import TRAINING
from tests.cli.calls import FEW, invoke, refused

AGAINST = ("--against", "random,fcfs_longest_idle", *FEW)


def test_evaluate_holds_a_policy_against_others() -> None:
    result = invoke("evaluate", "c_mu", "small_desk", *AGAINST)
    assert result.exit_code == 0
    for policy in ("c_mu", "random", "fcfs_longest_idle"):
        assert f"\n  {policy} " in result.stdout
    assert "Each policy met the very same tickets in 2 simulated episodes" in result.stdout


def test_evaluate_json_is_only_json_and_says_who_was_evaluated() -> None:
    data = json.loads(invoke("evaluate", "random", "small_desk", *FEW, "--json").stdout)
    assert data["evaluated"] == "random"
    assert data["finding"].startswith("random ")
    assert set(data["policies"]) == set(baselines(load_scenario("small_desk")))
    assert {"lp_specialist", "hungarian"} < set(data["policies"])


def test_evaluate_finds_a_class_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_rules.py").write_text(
        "from marl_routing.policies.best_skill import BestSkill\n"
        "class Mine(BestSkill):\n    '''Mine alone.'''\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    result = invoke("evaluate", "my_rules.Mine", "small_desk", *AGAINST, "--report", "out.html")
    assert result.exit_code == 0
    page = (tmp_path / "out.html").read_text()
    assert "Mine alone." in page
    assert "marl-routing evaluate my_rules.Mine small_desk --against random" in page


@pytest.mark.parametrize(
    "command",
    [
        ("compare", "small_desk", "--policies", "c_mu,random", *FEW),
        ("evaluate", "c_mu", "small_desk", "--against", "random", *FEW),
    ],
)
def test_the_report_replaces_what_stood_there_and_is_the_same_again(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "new" / "out.html"
    assert invoke(*command, "--report", str(path)).exit_code == 0
    first = path.read_bytes()
    path.write_text("old")
    result = invoke(*command, "--report", str(path), "--json")
    assert json.loads(result.stdout)["best"] == "c_mu"
    assert path.read_bytes() == first
    assert [file.name for file in path.parent.iterdir()] == ["out.html"]


def test_what_cannot_be_reported_is_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(*_: object, **__: object) -> None:
        raise AssertionError("worked first")

    for command in ("compare", "evaluate"):
        monkeypatch.setattr(f"marl_routing.cli.{command}.play_all", work)
    few = ("small_desk", *FEW, "--report")
    assert "is a folder" in refused("compare", *few, str(tmp_path))
    (tmp_path / "file").write_text("")
    assert "file" in refused("compare", *few, str(tmp_path / "file" / "out.html"))
    assert "no policy is called 'best'" in refused("evaluate", "best", "small_desk")
    assert "training seeds" in refused("evaluate", "c_mu", "small_desk", "--seed", str(TRAINING))
    assert "named twice" in refused("evaluate", "c_mu", "small_desk", "--against", "c_mu")
    monkeypatch.setitem(sys.modules, "jinja2", None)
    sentence = "a report needs jinja2: pip install 'marl-routing[report]'"
    assert sentence in refused("compare", *few, str(tmp_path / "out.html"))
    assert not (tmp_path / "out.html").exists()


def test_an_interrupted_report_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("marl_routing.cli.report.record", interrupt)
    path = tmp_path / "out.html"
    path.write_text("old")
    few = ("--policies", "c_mu", *FEW, "--report", str(path))
    result = invoke("compare", "small_desk", *few)
    assert result.exit_code == 130
    assert "c_mu served best" in result.stdout
    assert "no report was written" in result.stderr
    assert path.read_text() == "old"
