import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from marl_routing import list_scenarios, load_scenario
from marl_routing.cli import app
from marl_routing.policies import list_policies

FEW = ["--episodes", "2"]


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def refused(*arguments: str) -> str:
    """The sentence on stderr of a command that refuses its input."""
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


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


def test_bidders_are_refused_where_agents_accept() -> None:
    sentence = "policy truthful: only where agents bid, and small_desk has protocol.kind accept"
    assert sentence in refused("run", "small_desk", "--policy", "truthful")
    assert sentence in refused("compare", "small_desk", "--policies", "c_mu,truthful")


def test_validate_accepts_a_bid_desk() -> None:
    assert invoke("validate", "auction_desk", "--steps", "40").exit_code == 0


def test_compare_json_is_only_json() -> None:
    names = "c_mu, threshold:help_beyond=2,random"
    result = invoke("compare", "small_desk", "--policies", names, *FEW, "--json")
    data = json.loads(result.stdout)
    assert set(data["policies"]) == {"c_mu", "threshold:help_beyond=2", "random"}
    assert data["episodes"] == 2


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
    from marl_routing.policies.random_ import Random

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Random, "act", interrupt)
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
    from marl_routing.policies.pass_ import Pass

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Pass, "act", interrupt)
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


def test_validate_names_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("masks lie")

    monkeypatch.setattr("marl_routing.cli.validate.check_desk_env", fail)
    result = invoke("validate", "small_desk", "--steps", "20")
    assert result.exit_code == 1
    assert "small_desk: masks lie" in result.stdout


def test_validate_finds_a_desk_that_does_not_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    from marl_routing.evaluation import rollout

    answers = iter(range(100))
    monkeypatch.setattr("marl_routing.cli.validate.check_desk_env", lambda *_, **__: None)
    monkeypatch.setattr(
        "marl_routing.cli.validate.rollout",
        lambda *arguments: [{"n": next(answers), **k} for k in rollout(*arguments)],
    )
    result = invoke("validate", "small_desk", "--steps", "20")
    assert result.exit_code == 1
    assert "two runs of one seed gave different KPIs" in result.stdout


@pytest.mark.parametrize("command", ["run", "compare", "validate", "scenarios show"])
def test_a_scenario_that_does_not_exist_is_refused(command: str) -> None:
    assert "nowhere" in refused(*command.split(), "nowhere")
    assert "nowhere.yaml" in refused(*command.split(), "nowhere.yaml")


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("horizon_steps: 240", "horizon_steps: 0", "time.horizon_steps: expected"),
        ("name: small_desk", "colour: blue", "colour: unknown key"),
        ("name: small_desk", "name: [small", "wrong.yaml"),
    ],
)
def test_a_scenario_that_is_wrong_is_refused(
    right: str, wrong: str, says: str, tmp_path: Path
) -> None:
    path, text = tmp_path / "wrong.yaml", load_scenario("small_desk").to_yaml()
    assert right in text
    path.write_text(text.replace(right, wrong))
    assert says in refused("run", str(path))


def test_bad_options_are_refused() -> None:
    assert "no policy is called 'best'" in refused("run", "small_desk", "--policy", "best")
    assert "named twice" in refused("compare", "small_desk", "--policies", "c_mu,c_mu")
    assert "at least one" in refused("compare", "small_desk", "--policies", ",")
    assert "--render and --json" in refused("run", "small_desk", "--render", "--json")
    assert "--episodes" in refused("compare", "small_desk", "--episodes", "0")
    assert "--steps" in refused("run", "small_desk", "--steps", "0")
    assert "--seed" in refused("run", "small_desk", "--seed", "-1")
    assert refused("run")
    assert refused("fly", "small_desk")


def test_results_that_cannot_be_saved_are_refused_before_the_work(tmp_path: Path) -> None:
    file = tmp_path / "taken"
    file.write_text("")
    assert "taken" in refused("compare", "small_desk", *FEW, "--out", str(file))


def test_calibrate_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    output = ("-o", str(tmp_path / "desk.yaml"))
    assert "nothing.csv" in refused("calibrate", str(tmp_path / "nothing.csv"), *output)
    log = tmp_path / "log.csv"
    log.write_text("a,b\n1,2\n")
    assert "columns found: a, b" in refused("calibrate", str(log), *output)
    assert "FIELD=COLUMN" in refused("calibrate", str(log), *output, "--map", "opened")
    assert not (tmp_path / "desk.yaml").exists()


def test_calibrate_writes_a_scenario_that_runs(ticket_log: Path, tmp_path: Path) -> None:
    output = tmp_path / "fitted.yaml"
    arguments = ("calibrate", str(ticket_log), "--format", "servicenow", "-o", str(output))
    result = invoke(*arguments, "--episodes", "2", "--team", "5", "--categories", "3")
    assert result.exit_code == 0
    assert "held-out" in result.stdout
    assert "Wrote" in result.stdout
    assert invoke("run", str(output), "--steps", "10").exit_code == 0


def test_help_names_every_command() -> None:
    text = invoke("--help").stdout
    for command in ("run", "compare", "calibrate", "scenarios", "validate"):
        assert command in text
        assert invoke(command, "--help").exit_code == 0
