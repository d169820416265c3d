"""`marl-routing validate --theory`."""

import json
from pathlib import Path
from typing import Any

import pytest

from marl_routing.evaluation.exact import check_desk
from marl_routing.scenario import load_scenario
from tests.cli.calls import invoke, refused

QUICK = ("validate", "--theory", "exact/md2", "--precision", "10%")


def test_a_sound_desk_agrees() -> None:
    result = invoke(*QUICK)
    assert result.exit_code == 0
    assert "md2: M/D/2" in result.stdout
    assert "occupancy of the first agent" in result.stdout
    assert "1 of 1 desks agree with what is known exactly" in result.stdout


def test_json_is_only_json_and_repeats() -> None:
    first, again = (invoke(*QUICK, "--json").stdout for _ in range(2))
    assert first == again
    (check,) = json.loads(first)
    assert check["agrees"]
    assert check["policy"] == "ask_for_the_first"
    assert {row["number"]: row["exact"] for row in check["numbers"]}["occupancy"] == 0.8
    other = json.loads(invoke(*QUICK, "--json", "--seed", "1").stdout)
    assert other[0]["numbers"] != check["numbers"]


def test_a_desk_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(load_scenario("exact/md2", name="mine", time__step_minutes=0.5).to_yaml())
    (check,) = json.loads(invoke(*QUICK[:2], str(path), *QUICK[3:], "--json").stdout)
    assert (check["scenario"], check["agrees"]) == ("mine", True)
    assert "wait, minutes" in {row["number"] for row in check["numbers"]}


def test_a_wrong_number_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def shifted(*arguments: Any, **keywords: Any) -> Any:
        check = check_desk(*arguments, **keywords)
        check.numbers[0].exact *= 1.05
        return check

    monkeypatch.setattr("marl_routing.cli.theory.check_desk", shifted)
    result = invoke(*QUICK)
    assert result.exit_code == 1
    assert "0 of 1 desks agree" in result.stdout
    assert "not so md2" in result.stdout


def test_an_interruption_keeps_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    left = iter([check_desk])

    def interrupted(*arguments: Any, **keywords: Any) -> Any:
        for check in left:
            return check(*arguments, **keywords)
        raise KeyboardInterrupt

    monkeypatch.setattr("marl_routing.cli.theory.check_desk", interrupted)
    result = invoke("validate", "--theory", "exact/md2", "exact/mm2", *QUICK[3:])
    assert result.exit_code == 130
    assert "1 of 1 desks agree" in result.stdout
    assert "Interrupted: mm2 not finished" in result.stderr


def test_what_is_not_known_is_refused_with_the_reason() -> None:
    unknown = refused("validate", "--theory", "small_desk")
    assert "no instance of a solved model: service: expected one mean handle time" in unknown
    assert "nor are costs of policies known: agents.capacity: expected 1" in unknown
    assert "nowhere" in refused("validate", "--theory", "nowhere")
    assert "precision: expected a percentage" in refused(*QUICK[:3], "--precision", "0.1")
    assert "above 0 and below 1" in refused(*QUICK[:3], "--precision", "0%")
    assert "expected one name or path" in refused("validate")
    assert "expected one name or path" in refused("validate", "small_desk", "saas_easy")
    assert "--precision: expected with --theory" in refused("validate", "small_desk", *QUICK[3:])
    assert "without --theory" in refused(*QUICK, "--steps", "20")
    assert "without --theory" in refused(*QUICK, "--deterministic")


def test_costs_of_rules_where_two_agents_choose() -> None:
    told = invoke("validate", "--theory", "exact/x_desk", *QUICK[3:], "--json")
    (check,) = json.loads(told.stdout)
    assert (told.exit_code, check["agrees"]) == (0, True)
    rules = ("best_skill", "c_mu", "hungarian", "threshold", "lp_specialist")
    assert [row["number"] for row in check["numbers"]] == [f"cost a step, {rule}" for rule in rules]


def test_a_small_desk_of_which_nothing_is_known_is_refused(tmp_path: Path) -> None:
    path, alike = tmp_path / "mine.yaml", {"service.minutes": [[4.0, 4.0], [4.0, 4.0]]}
    desk = load_scenario("exact/x_desk", name="mine", queue__max_per_category=4, **alike)
    path.write_text(desk.to_yaml())
    refusal = refused("validate", "--theory", str(path))
    assert "mine" in refusal
    assert "depends on draws" in refusal
