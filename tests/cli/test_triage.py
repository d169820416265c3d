"""The word `triage` in commands: traces, tables, checks, refusals."""

import json
from pathlib import Path

import numpy as np
import pytest

from marl_routing import list_scenarios
from marl_routing.views.triage import VERBS, TicketTriage
from marl_routing.views.triage_rules import RULES
from tests.cli.calls import invoke, refused

FEW = ("run", "triage", "--seed", "7", "--steps", "30")


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_no_scenario_has_the_views_name() -> None:
    assert "triage" not in list_scenarios()


def test_run_writes_a_line_a_step_and_prints_tables(tmp_path: Path) -> None:
    trace = tmp_path / "new" / "trace.jsonl"
    arguments = ("run", "triage", "--seed", "7", "--steps", "200", "--out", str(trace))
    result = invoke(*arguments)
    assert result.exit_code == 0
    lines = lines_of(trace)
    assert [line["step"] for line in lines] == list(range(200))
    assert list(trace.parent.iterdir()) == [trace]
    for name in ("Ada", "Grace", "Linus", "switches", "busy, %", "left, min", "most urgent of"):
        assert name in result.stdout
    assert f"resolved {lines[-1]['total_resolved']}" in result.stdout
    assert f"sla_breaches {lines[-1]['sla_breaches']}" in result.stdout
    total = sum(float(str(line["reward"])) for line in lines)
    assert f"reward {total:.4g}" in result.stdout
    kept = trace.read_text()
    invoke(*arguments)
    assert trace.read_text() == kept


def test_the_trace_replays(tmp_path: Path) -> None:
    trace = tmp_path / "trace.jsonl"
    invoke(*FEW, "--policy", "random", "--out", str(trace))
    env = TicketTriage()
    env.reset(seed=7)
    verbs = set()
    for line in lines_of(trace):
        action = np.array([VERBS.index(line["verb"]), line["row"], line["engineer"]])
        assert line["action"] == env.action_meaning(action)
        _, reward, _, _, info = env.step(action)
        told = {name: info[name] for name in ("backlog_count", "total_resolved", "sla_breaches")}
        assert told.items() <= line.items()
        assert (line["reward"], line["reward_terms"]) == (reward, info["reward_terms"])
        assert line["legal"] is True
        verbs.add(line["verb"])
    assert len(verbs) > 3


@pytest.mark.parametrize("policy", RULES)
def test_run_json_is_only_json(policy: str) -> None:
    told = json.loads(invoke(*FEW, "--policy", policy, "--json").stdout)
    assert set(told) == {"kpis", "engineers", "tickets"}
    engineers = told["engineers"]
    assert sum(row["resolved"] for row in engineers) == told["kpis"]["resolved"]
    assert sum(row["switches"] for row in engineers) == told["kpis"]["context_switches"]
    open_tickets, left = told["kpis"]["backlog_end"], [row["left, min"] for row in told["tickets"]]
    assert len(left) == min(5, open_tickets)
    assert left == sorted(left)
    assert told["kpis"]["resolved"] == 0 or policy != "noop"


def test_what_is_pending_has_no_less_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    first = [[0, 0, 0], [2, 0, 0]]  # Ada gets the ticket on top, and asks its customer

    def ask(seed: int) -> object:
        actions = iter([*first, *[[5, 0, 0]] * 30])
        return lambda *_: np.array(next(actions))

    monkeypatch.setitem(RULES, "noop", ask)
    rows = []
    for steps in ("3", "6"):
        arguments = ("--policy", "noop", "--seed", "0", "--steps", steps, "--json")
        told = json.loads(invoke("run", "triage", *arguments).stdout)
        (row,) = (row for row in told["tickets"] if row["where"] == "Ada, pending")
        rows.append(row)
    assert rows[1]["age, min"] == rows[0]["age, min"] + 15
    assert rows[1]["left, min"] == rows[0]["left, min"]


def test_the_page_names_every_key(tmp_path: Path, root: Path) -> None:
    trace, page = tmp_path / "trace.jsonl", (root / "docs" / "triage.md").read_text()
    invoke(*FEW, "--out", str(trace))
    _, info = TicketTriage().reset(seed=0)
    assert [key for key in {*lines_of(trace)[0], *info} if f"`{key}`" not in page] == []


def test_an_illegal_action_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, "noop", lambda seed: lambda *_: np.array([4, 9, 0]))
    trace = tmp_path / "trace.jsonl"
    invoke(*FEW, "--policy", "noop", "--out", str(trace))
    assert {line["legal"] for line in lines_of(trace)} == {False}
    assert lines_of(trace)[0]["action"] == "let Ada help with no ticket"


def test_run_renders_every_step() -> None:
    result = invoke("run", "triage", "--steps", "3", "--render")
    for step in range(4):
        assert f"step {step} of 200" in result.stdout


def test_an_interrupted_run_keeps_what_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_after_five(seed: int) -> object:
        def choose(observation: dict[str, np.ndarray], possible: object) -> np.ndarray:
            if observation["global"][0] > 4.5 / 200:
                raise KeyboardInterrupt
            return np.array([5, 0, 0])

        return choose

    monkeypatch.setitem(RULES, "noop", stop_after_five)
    trace = tmp_path / "trace.jsonl"
    result = invoke(*FEW, "--policy", "noop", "--out", str(trace))
    assert result.exit_code == 130
    assert [line["step"] for line in lines_of(trace)] == [0, 1, 2, 3, 4]
    assert "5 steps" in result.stdout


def test_validate_proves_determinism() -> None:
    result = invoke("validate", "triage", "--seed", "7", "--steps", "120")
    assert result.exit_code == 0
    assert "triage is valid" in result.stdout
    assert "two runs of 120 steps agree in everything" in result.stdout
    told = invoke("validate", "triage", "--steps", "20", "--json").stdout
    assert json.loads(told) == {"scenario": "triage", "valid": True, "fault": None}


@pytest.mark.parametrize("what", ["operation_masks", "_paid"])
def test_validate_finds_what_does_not_repeat(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    honest, calls = getattr(TicketTriage, what), iter(range(10**6))

    def sometimes_else(env: TicketTriage) -> object:
        told = honest(env)
        if next(calls) == 100:  # past Gymnasium's checks
            return told * 0 - 1 if isinstance(told, np.ndarray) else {**told, "resolved": 9.0}
        return told

    monkeypatch.setattr(TicketTriage, what, sometimes_else)
    result = invoke("validate", "triage", "--steps", "40")
    assert result.exit_code == 1
    assert "triage: two runs of one seed differ at step" in result.stdout


def test_validate_finds_seeds_that_are_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = TicketTriage.reset
    monkeypatch.setattr("marl_routing.cli.triage_check.check_env", lambda *_, **__: None)
    monkeypatch.setattr(TicketTriage, "reset", lambda env, seed=None: honest(env, seed=0))
    result = invoke("validate", "triage", "--steps", "20")
    assert result.exit_code == 1
    assert "seeds 0 and 1 gave the same episode" in result.stdout
    assert invoke("validate", "triage", "--steps", "20", "--deterministic").exit_code == 0


def test_bad_input_is_refused(tmp_path: Path) -> None:
    sentence = "policy: expected one of rule, random, noop for triage, got 'best_skill'"
    assert sentence in refused("run", "triage", "--policy", "best_skill")
    assert "only triage writes its steps" in refused("run", "small_desk", "--out", "trace.jsonl")
    assert "is a folder" in refused("run", "triage", "--out", str(tmp_path))
    (tmp_path / "file").write_text("")
    assert "file" in refused("run", "triage", "--out", str(tmp_path / "file" / "trace.jsonl"))
    assert "--render and --json" in refused("run", "triage", "--render", "--json")
    assert "--steps" in refused("run", "triage", "--steps", "0")
    assert "triage" in refused("compare", "triage")
