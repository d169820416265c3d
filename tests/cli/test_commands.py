"""What each command prints and writes."""

import json
from pathlib import Path
from typing import Any

import pytest

from marl_routing import list_scenarios, load_scenario
from marl_routing.policies import list_policies
from marl_routing.policies.compiled import CompiledPolicy
from tests.calibration import logs
from tests.cli.calls import FEW, invoke


def test_run_prints_kpis() -> None:
    result = invoke("run", "small_desk", "--policy", "c_mu", "--seed", "3", "--steps", "40")
    assert result.exit_code == 0
    assert "small_desk, c_mu, seed 3" in result.stdout
    assert "resolution_minutes_mean" in result.stdout


def test_run_json_is_json_and_repeats() -> None:
    first = invoke("run", "small_desk", "--policy", "random", "--json").stdout
    metrics = json.loads(first)
    assert metrics["tickets"] == sum(
        metrics[key] for key in ("resolved", "abandoned", "dropped", "unfinished")
    )
    assert invoke("run", "small_desk", "--policy", "random", "--json").stdout == first
    other = invoke("run", "small_desk", "--policy", "random", "--json", "--seed", "1").stdout
    assert other != first


def test_run_json_has_null_where_there_is_no_number() -> None:
    arguments = ("--policy", "pass", "--steps", "3", "--json")
    assert json.loads(invoke("run", "small_desk", *arguments).stdout)["expertise_match"] is None


def test_run_renders_every_step() -> None:
    result = invoke("run", "small_desk", "--steps", "3", "--render")
    for step in range(4):
        assert f"step {step} of 240" in result.stdout


def test_compare_prints_a_line_a_policy_and_a_sentence() -> None:
    result = invoke("compare", "small_desk", *FEW)
    assert result.exit_code == 0
    for policy in list_policies():
        assert f"\n  {policy} " in result.stdout
    assert result.stdout.rstrip().splitlines()[-1].startswith("Over 2 episodes of small_desk")


def test_compare_on_a_bid_desk_runs_every_rule_and_bidder_and_shows_payments() -> None:
    result = invoke("compare", "auction_desk", *FEW)
    assert result.exit_code == 0
    for policy in list_policies(bidding=True):
        assert f"\n  {policy} " in result.stdout
    assert "  paid" in result.stdout
    assert "  paid" not in invoke("compare", "small_desk", *FEW, "--policies", "c_mu").stdout


@pytest.mark.parametrize("policy", ["truthful", "shaded:share=0.5", "best_skill"])
def test_run_on_a_bid_desk(policy: str) -> None:
    arguments = ("--policy", policy, "--steps", "60", "--json")
    metrics = json.loads(invoke("run", "auction_desk", *arguments).stdout)
    assert metrics["resolved"] > 0


def test_validate_accepts_a_bid_desk() -> None:
    assert invoke("validate", "auction_desk", "--steps", "40").exit_code == 0


def test_compare_json_is_only_json() -> None:
    names = "c_mu, threshold:help_beyond=2,random"
    result = invoke("compare", "small_desk", "--policies", names, *FEW, "--json")
    data = json.loads(result.stdout)
    assert set(data["policies"]) == {"c_mu", "threshold:help_beyond=2", "random"}
    assert data["episodes"] == 2


def test_compare_plays_to_a_precision() -> None:
    arguments = ("compare", "small_desk", "--policies", "c_mu", "--episodes", "30")
    result = invoke(*arguments, "--precision", "6.5%")
    *_, headline, sentence = result.stdout.rstrip().splitlines()
    assert sentence == "Every mean reward is known to ± 6.5 % or better."
    assert not headline.startswith("Over 30 episodes")
    limited = invoke(*arguments, "--precision", "0.1 %", "--most-episodes", "32").stdout
    assert "After 32 episodes not known to ± 0.1 %: c_mu ± " in limited


def test_compare_on_threads_gives_the_same() -> None:
    arguments = ("compare", "small_desk", "--policies", "c_mu,random", *FEW, "--json")
    assert invoke(*arguments, "--threads", "2").stdout == invoke(*arguments).stdout


def test_compare_saves_its_results(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "runs"
    result = invoke("compare", "small_desk", "--policies", "c_mu", *FEW, "--out", str(folder))
    assert result.exit_code == 0
    stem = "compare-small_desk-2-episodes-seed-0"
    assert {path.name for path in folder.iterdir()} == {f"{stem}.json", f"{stem}.txt"}
    assert json.loads((folder / f"{stem}.json").read_text())["best"] == "c_mu"
    assert "c_mu served best" in (folder / f"{stem}.txt").read_text()


def test_an_interrupted_compare_keeps_what_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from marl_routing.evaluation.compiled import Player

    play = Player.play

    def interrupt(player: Player, policy: CompiledPolicy, *rest: Any) -> list[dict[str, Any]]:
        if policy.name == "random":
            raise KeyboardInterrupt
        return play(player, policy, *rest)

    monkeypatch.setattr(Player, "play", interrupt)
    arguments = ("--policies", "c_mu,random,pass", *FEW, "--out", str(tmp_path))
    result = invoke("compare", "small_desk", *arguments)
    assert result.exit_code == 130
    assert "Interrupted: random, pass not finished." in result.stderr
    saved = json.loads(next(tmp_path.glob("*.json")).read_text())
    assert list(saved["policies"]) == ["c_mu"]
    assert saved["unfinished"] == ["random", "pass"]
    nothing = invoke("compare", "small_desk", "--policies", "random", *FEW)
    assert nothing.exit_code == 130
    assert "before any policy was finished" in nothing.stderr


def test_an_interrupted_run_prints_kpis_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("marl_routing.evaluation.episodes.TicketRoutingEnv.step", interrupt)
    result = invoke("run", "small_desk", "--policy", "pass", "--json")
    assert result.exit_code == 130
    assert json.loads(result.stdout)["resolved"] == 0


def test_scenarios_lists_every_one() -> None:
    listed = invoke("scenarios", "list").stdout
    assert all(name in listed for name in list_scenarios())
    assert list(json.loads(invoke("scenarios", "list", "--json").stdout)) == list_scenarios()


def test_scenarios_show_gives_yaml_that_loads(tmp_path: Path) -> None:
    path = tmp_path / "desk.yaml"
    path.write_text(invoke("scenarios", "show", "small_desk").stdout)
    assert load_scenario(path) == load_scenario("small_desk")
    shown = json.loads(invoke("scenarios", "show", str(path), "--json").stdout)
    assert shown["name"] == "small_desk"


def test_validate_accepts_a_good_desk() -> None:
    result = invoke("validate", "small_desk", "--steps", "20", "--seed", "4")
    assert result.exit_code == 0
    assert "small_desk is valid" in result.stdout
    told = invoke("validate", "small_desk", "--steps", "20", "--json").stdout
    assert json.loads(told) == {"scenario": "small_desk", "valid": True, "fault": None}


def test_validate_takes_a_desk_without_tickets_if_told_that_seeds_are_alike() -> None:
    night = ("validate", "servicenow_itsm", "--steps", "5", "--json")
    result = invoke(*night)
    assert result.exit_code == 1
    assert "--deterministic" in json.loads(result.stdout)["fault"]
    assert invoke(*night, "--deterministic").exit_code == 0


def test_validate_names_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("masks lie")

    monkeypatch.setattr("marl_routing.cli.validate.check_desk_env", fail)
    result = invoke("validate", "small_desk", "--steps", "20")
    assert result.exit_code == 1
    assert "small_desk: masks lie" in result.stdout


def test_validate_finds_a_desk_that_does_not_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    from marl_routing.evaluation import rollout_in_steps

    answers = iter(range(100))
    monkeypatch.setattr("marl_routing.cli.validate.check_desk_env", lambda *_, **__: None)
    monkeypatch.setattr(
        "marl_routing.cli.validate.rollout_in_steps",
        lambda *arguments: [{"n": next(answers), **k} for k in rollout_in_steps(*arguments)],
    )
    result = invoke("validate", "small_desk", "--steps", "20")
    assert result.exit_code == 1
    assert "two runs of one seed gave different KPIs" in result.stdout


def test_calibrate_writes_a_scenario_that_runs(ticket_log: Path, tmp_path: Path) -> None:
    output = tmp_path / "fitted.yaml"
    arguments = ("calibrate", str(ticket_log), "--format", "servicenow", "-o", str(output))
    result = invoke(*arguments, "--episodes", "2", "--team", "5", "--categories", "3")
    assert result.exit_code == 0
    assert "held-out" in result.stdout
    assert "Wrote" in result.stdout
    assert invoke("run", str(output), "--steps", "10").exit_code == 0


def test_calibrate_shows_the_hours_of_the_week(tmp_path: Path) -> None:
    log = logs.servicenow(tmp_path / "log.csv.gz", logs.make_tickets(weeks=4))
    arguments = ("calibrate", str(log), "-o", str(tmp_path / "desk.yaml"), "--episodes", "2")
    lines = [line.split() for line in invoke(*arguments).stdout.splitlines()]
    assert ["00-04", "04-08", "08-12", "12-16", "16-20", "20-24"] in lines
    monday = next(line for line in lines if line[:2] == ["monday", "0"])
    assert float(monday[7]) > 1 < float(monday[9])  # 08-12, log and simulated
    sunday = next(line for line in lines if line[:2] == ["sunday", "0"])
    assert sunday[1:] == ["0", "/", "-"] * 6


def test_help_names_every_command() -> None:
    text = invoke("--help").stdout
    for command in ("run", "compare", "calibrate", "scenarios", "validate"):
        assert command in text
        assert invoke(command, "--help").exit_code == 0
