"""`marl-routing collect`."""

import builtins
import sys
from pathlib import Path
from typing import Any

import minari
import pytest

import marl_routing
from marl_routing.cli.console import INTERRUPTED
from marl_routing.evaluation.seeds import TRAINING
from marl_routing.scenario import load_scenario
from marl_routing.trajectories import playing, read
from tests.cli.calls import FEW, invoke, refused


@pytest.fixture
def desk(tmp_path: Path) -> str:
    """A file of a desk whose kernels other tests compile too."""
    path = tmp_path / "desk.yaml"
    path.write_text(load_scenario("saas_balanced", time__horizon_steps=20).to_yaml())
    return str(path)


def test_episodes_of_all_agents(desk: str, tmp_path: Path) -> None:
    folder = tmp_path / "played"
    result = invoke("collect", desk, "--policy", "c_mu", *FEW, "--out", str(folder))
    assert result.exit_code == 0
    assert "Kept 2 episodes" in result.stderr
    data = read(folder)
    assert data.steps["observation"].shape[:3] == (2, 20, 10)
    assert data.ends["seed"][:, 0].tolist() == [TRAINING, TRAINING + 1]
    assert data.about["policy"] == "c_mu"


def test_episodes_of_a_view(tmp_path: Path) -> None:
    folder = tmp_path / "played"
    options = ["--view", "conversation", "--policy", "fixed", "--seed", "7"]
    result = invoke("collect", "bfsi", *options, *FEW, "--out", str(folder))
    assert result.exit_code == 0
    data = minari.MinariDataset(folder / "data")
    assert data.total_episodes == 2
    assert [one["seed"] for one in data.storage.get_episode_metadata([0, 1])] == [7, 8]


@pytest.mark.parametrize(("batch", "words"), [(1, "Kept 1 episodes"), (9, "before any was kept")])
def test_an_interruption_is_told(
    batch: int, words: str, desk: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playing, "MOST_DESKS", batch)
    play_batch = playing._play_batch

    def interrupted(desks: Any, policy: Any, first: int, *more: Any) -> Any:
        if first or batch > 1:
            raise KeyboardInterrupt
        return play_batch(desks, policy, first, *more)

    monkeypatch.setattr(playing, "_play_batch", interrupted)
    result = invoke("collect", desk, *FEW, "--out", str(tmp_path / "played"))
    assert result.exit_code == INTERRUPTED
    assert words in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nope"], "unknown scenario"),
        (["small_desk", "--policy", "nope"], "no policy is called 'nope'"),
        (["small_desk", "--policy", "truthful"], "only where agents bid"),
        (["small_desk", "--view", "triage"], "scenario must have"),
    ],
)
def test_bad_input_is_refused(arguments: list[str], message: str, tmp_path: Path) -> None:
    assert message in refused("collect", *arguments, "--out", str(tmp_path / "played"))
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "expected the name of a new folder" in refused("collect", "small_desk", "--out", ".")
    Path("file").touch()
    assert "file" in refused("collect", "small_desk", "--out", "file/played")


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    assert "expected a new or empty folder" in refused(
        "collect", "small_desk", "--out", str(tmp_path)
    )


@pytest.mark.parametrize(
    ("view", "missing"), [("parallel", "pyarrow"), ("triage", "minari.data_collector")]
)
def test_a_missing_library_is_named_with_its_extra(
    view: str, missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The package imported meanwhile takes this one's place as an attribute too.
    monkeypatch.setattr(marl_routing, "trajectories", marl_routing.trajectories)
    for name in [name for name in sys.modules if name.startswith("marl_routing.trajectories")]:
        monkeypatch.delitem(sys.modules, name)
    find = builtins.__import__

    def without(name: str, *more: Any, **named: Any) -> Any:
        if name.startswith(missing):
            raise ImportError(name)
        return find(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    folder = str(tmp_path / "played")
    message = refused("collect", "engineering_triage", "--view", view, "--out", folder)
    assert "pip install 'marl-routing[collect]'" in message
