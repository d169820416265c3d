"""`marl-routing tune`, and `compare` with the weights that it saved."""

import json
from pathlib import Path
from typing import Any

import pytest

from marl_routing import load_scenario
from marl_routing.cli import playing
from marl_routing.cli.console import INTERRUPTED
from marl_routing.cli.tune import Search
from marl_routing.policies.indices import TunedIndex
from tests.cli.calls import FEW, invoke, refused

SHORT = ("--generations", "1", *FEW)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A user's own desk, quick to search for."""
    file = tmp_path / "mine.yaml"
    scenario = load_scenario("small_desk", name="mine", time__horizon_steps=40)
    file.write_text(scenario.to_yaml())
    return file


def test_weights_lie_beside_the_scenario_and_are_compared(desk: Path) -> None:
    result = invoke("tune", str(desk), *SHORT)
    assert result.exit_code == 0
    assert "optimised_index" in result.stdout
    file = desk.with_name("mine.index.json")
    assert json.loads(file.read_text())["generations"] == 1
    index = f"optimised_index:weights={file}"
    compared = json.loads(invoke("compare", str(desk), *FEW, "--json").stdout)["policies"]
    assert index in compared
    desk.write_text(desk.read_text().replace("horizon_steps: 40", "horizon_steps: 41"))
    compared = json.loads(invoke("compare", str(desk), *FEW, "--json").stdout)["policies"]
    assert "c_mu" in compared
    assert index not in compared


def test_compare_takes_the_index_that_ships_with_a_scenario() -> None:
    result = invoke("compare", "small_desk", *FEW, "--json")
    assert "optimised_index" in json.loads(result.stdout)["policies"]


def test_an_interrupted_search_is_saved(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> TunedIndex:
        return TunedIndex("mine", "0", {}, 0, generations=2, population=1, episodes=1, reward=0.0)

    monkeypatch.setattr("marl_routing.cli.tune.search_weights", interrupted)
    file = desk.with_name("best.json")
    result = invoke("tune", str(desk), "--out", str(file))
    assert result.exit_code == INTERRUPTED
    assert "Interrupted: the best of 2 generations" in result.stderr
    assert json.loads(file.read_text())["generations"] == 2
    assert Search().generations > 2


def test_an_interrupted_comparison_is_said(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(playing, "compare", interrupted)
    result = invoke("tune", str(desk), *SHORT)
    assert result.exit_code == INTERRUPTED
    assert "Interrupted before any policy was finished" in result.stderr
    assert desk.with_name("mine.index.json").is_file()


def test_what_cannot_be_written_is_refused_before_the_search(desk: Path) -> None:
    folder = desk.parent
    assert "is a folder" in refused("tune", str(desk), "--out", str(folder), *SHORT)
    beneath = str(desk / "best.json")
    assert f"{desk.name} is a file" in refused("tune", str(desk), "--out", beneath, *SHORT)


def test_what_cannot_be_tuned_is_refused() -> None:
    assert "does not talk" in refused("tune", "support_bfsi")
    assert "nowhere" in refused("tune", "nowhere")
