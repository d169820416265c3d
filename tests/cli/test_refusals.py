"""Bad input is refused in one sentence, with exit code 2, before any work is done or lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from marl_routing import load_scenario
from tests.cli.calls import FEW, invoke, refused


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


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("--precision 1", "precision: expected a percentage such as 1%, not '1'"),
        ("--precision 0%", "precision: expected a share above 0 and below 1"),
        ("--precision 1% --episodes 5", "episodes: expected at least 30 with a precision"),
        ("--precision 1% --most-episodes 9", "most_episodes: expected at least the 64"),
        ("--seed 1000000000", "training seeds"),
    ],
)
def test_episodes_that_cannot_or_must_not_be_played_are_refused(options: str, says: str) -> None:
    assert says in refused("compare", "small_desk", *options.split())
    assert says in refused("evaluate", "c_mu", "small_desk", *options.split())


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


def test_bidders_are_refused_where_agents_accept() -> None:
    sentence = "policy truthful: only where agents bid, and small_desk has protocol.kind accept"
    assert sentence in refused("run", "small_desk", "--policy", "truthful")
    assert sentence in refused("compare", "small_desk", "--policies", "c_mu,truthful")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("evaluate optimised_index support_bfsi", "no weights for scenario support_bfsi; run"),
        ("run support_bfsi --policy optimised_index", "no weights for scenario support_bfsi"),
        ("compare support_mixed --policies optimised_index,random", "no weights for scenario"),
        ("compare engineering_triage --policies rollout,random", "policy rollout: only where"),
        ("run support_bfsi --policy rollout", "without verbs, incidents, learning, customers"),
        ("run follow_the_sun --policy rollout", "keep their tickets at the end of a shift"),
        ("run mm2.yaml --policy rollout:base=optimised_index", "no weights for scenario mm2"),
        ("compare mm2.yaml --policies optimised_index", "no weights for scenario mm2"),
        ("gap exact/x_desk --policies optimised_index", "has changed since its weights"),
        ("gap exact/x_desk --policies c_mu --seed 1000000000", "training seeds"),
        ("run small_desk --policy calm_then_solve", "only where agents talk to customers"),
    ],
)
def test_policies_are_refused_where_they_do_not_fit(
    command: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mm2.yaml").write_text(load_scenario("exact/mm2", name="mm2").to_yaml())
    assert says in refused(*command.split())


@pytest.mark.parametrize("shape", [(2,), (1, 2), (2, 3)])
def test_a_policy_that_returns_another_shape_is_refused(
    shape: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "_".join(map(str, ("mine", *shape)))
    (tmp_path / f"{name}.py").write_text(
        "import numpy as np\nclass Mine:\n    name = 'mine'\n    def reset(self, seed): pass\n"
        f"    def act(self, view, masks): return np.zeros({shape}, np.int32)\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    for command in (("run", "small_desk", "--policy"), ("compare", "small_desk", "--policies")):
        sentence = refused(*command, f"{name}.Mine")
        assert "expected act to return an array of shape (2, 2), desks first" in sentence
        assert f"not {shape}" in sentence


@pytest.mark.parametrize("command", ["run", "compare", "validate"])
def test_what_only_compiling_finds_is_refused(command: str, tmp_path: Path) -> None:
    path = tmp_path / "flood.yaml"
    desk = load_scenario("small_desk", arrivals__load=None, arrivals__rate_per_hour=1e8)
    path.write_text(desk.to_yaml())
    assert "arrivals" in refused(command, str(path))


def test_a_folder_that_cannot_be_written_is_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny(**_: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    def work(*_: object) -> None:
        raise AssertionError("worked first")

    monkeypatch.setattr("marl_routing.cli.console.TemporaryFile", deny)
    monkeypatch.setattr("marl_routing.cli.compare.play_all", work)
    assert "Permission denied" in refused("compare", "small_desk", *FEW, "--out", str(tmp_path))


def test_a_disk_that_fills_up_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("marl_routing.cli.results.write_file", full)
    few = ("--policies", "pass", *FEW, "--out", str(tmp_path))
    result = invoke("compare", "small_desk", *few)
    assert result.exit_code == 2
    assert "pass served best" in result.stdout
    assert "No space left" in result.stderr


@pytest.mark.parametrize(
    "command", [["run", "small_desk", "--steps", "60", "--render"], ["compare", "small_desk", *FEW]]
)
def test_output_without_its_signs_is_still_output(command: list[str], root: Path) -> None:
    """A pipe that knows neither the plus-minus sign nor blocks gets question marks."""
    done = subprocess.run(
        [sys.executable, "-m", "marl_routing", *command],
        env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(root)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"?" in done.stdout
