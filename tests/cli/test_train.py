"""`marl-routing train`, as a program that may be killed at any moment."""

import csv
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from marl_routing.cli.console import INTERRUPTED
from marl_routing.training import Learner
from tests.cli.calls import invoke, refused

SMALL = ["small_desk", "--setting", "desks=16", "--setting", "rollout_steps=8", "--seed", "3"]
ROLLOUT = 16 * 8 * 2  # agent-steps


def test_it_learns_compares_and_its_model_is_a_policy_everywhere(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    result = invoke("train", *SMALL, "--steps", str(4 * ROLLOUT), "--out", str(folder))
    assert result.exit_code == 0
    assert "lp_specialist" in result.stdout or "best_skill" in result.stdout
    card = json.loads((folder / "model.json").read_text())
    assert card["settings"]["seed"] == 3
    assert card["agent_steps"] == 4 * ROLLOUT
    assert card["validated"] < 0
    with (folder / "figures.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["agent_steps"]) for row in rows] == [ROLLOUT * n for n in (1, 2, 3, 4)]
    assert (folder / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert list((folder / "tensorboard").iterdir())
    for command in (["run", "small_desk", "--policy", str(folder), "--steps", "5"],
                    ["compare", "small_desk", "--policies", f"random,{folder}", "--episodes", "2"],
                    ["evaluate", str(folder), "small_desk", "--episodes", "2"],
                    ["evaluate", str(folder), "--episodes", "2"]):  # fmt: skip
        assert invoke(*command).exit_code == 0


def test_a_killed_run_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    long, folder = 10**8, tmp_path / "model"
    command = ["train", *SMALL, "--out", str(folder), "--checkpoint-every", str(ROLLOUT)]
    program = [sys.executable, "-m", "marl_routing", *command, "--steps", str(long)]
    with subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        end = time.monotonic() + 120
        while not (folder / "checkpoint.pt").is_file():
            assert run.poll() is None
            assert time.monotonic() < end
            time.sleep(0.1)
        os.kill(run.pid, signal.SIGKILL)
    figures, checkpoint = folder / "figures.csv", folder / "checkpoint.pt"
    done = torch.load(checkpoint, weights_only=True)["steps"] * 16 * 2
    with figures.open("a") as file:
        file.write(f"{done + ROLLOUT},0\n{done + 2 * ROLLOUT},")  # beyond, and amid a row
    assert done > 0
    steps = str(done + 2 * ROLLOUT)
    result = invoke(*command, "--steps", steps, "--resume")
    assert result.exit_code == 0
    assert torch.load(checkpoint, weights_only=True)["steps"] * 16 * 2 == int(steps)
    reached = [int(line.split(",")[0]) for line in figures.read_text().splitlines()[1:]]
    assert reached == list(range(ROLLOUT, int(steps) + 1, ROLLOUT))


def test_an_interruption_amid_an_update_leaves_the_checkpoint_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a run which goes on ends as one that was never interrupted."""
    steps = ["--steps", str(4 * ROLLOUT), "--checkpoint-every", str(ROLLOUT)]
    whole, broken = str(tmp_path / "whole"), str(tmp_path / "broken")
    assert invoke("train", *SMALL, *steps, "--out", whole).exit_code == 0
    with monkeypatch.context() as patch:
        losses, calls = Learner._losses, itertools.count()

        def interrupted(*arguments: Any) -> Any:
            if next(calls) == 2 * 4 + 2:  # in the third update
                raise KeyboardInterrupt
            return losses(*arguments)

        patch.setattr(Learner, "_losses", interrupted)
        assert invoke("train", *SMALL, *steps, "--out", broken).exit_code == INTERRUPTED
    assert invoke("train", *SMALL, *steps, "--out", broken, "--resume").exit_code == 0
    with np.load(f"{whole}/actor.npz") as one, np.load(f"{broken}/actor.npz") as other:
        for name in one:
            np.testing.assert_array_equal(one[name], other[name], name)
    ends = [torch.load(f"{folder}/checkpoint.pt", weights_only=True) for folder in (whole, broken)]
    for name, weights in ends[0]["networks"].items():
        assert torch.equal(weights, ends[1]["networks"][name]), name
    figures = [Path(folder, "figures.csv").read_text() for folder in (whole, broken)]
    assert figures[0] == figures[1]


def test_a_library_s_algorithm_learns_as_a_policy_and_its_page_shows_how(tmp_path: Path) -> None:
    settings = ["--setting", "desks=4", "--setting", "n_steps=8", "--steps", "256"]
    algo, page = ["small_desk", "--algo", "maskable_ppo"], tmp_path / "page.html"
    folder = tmp_path / "model"
    run = ["train", *algo, *settings, "--out", str(folder), "--track", "csv"]
    result = invoke(*run, "--checkpoint-every", "64", "--report", str(page))
    assert result.exit_code == 0
    assert str(folder) in result.stdout
    assert "How it learned" in page.read_text()
    assert not (folder / "tensorboard").exists()
    with (folder / "kpis.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["agent_steps"]) for row in rows] == [64, 128, 192, 256]
    assert all(float(row["occupancy"]) > 0 for row in rows)
    assert invoke("evaluate", str(folder), "--episodes", "2").exit_code == 0


def test_a_view_s_model_is_held_against_the_rules_of_its_view(tmp_path: Path) -> None:
    settings = ["--setting", "desks=4", "--steps", "128", "--out", str(tmp_path)]
    face = ["support_bfsi", "--view", "conversation", "--algo", "dqn", "--track", "csv"]
    result = invoke("train", *face, *settings)
    assert result.exit_code == 0
    for name in ("dqn", "random", "fixed", "table_greedy", "calm_then_solve"):
        assert name in result.stdout
    assert "a model of the view conversation" in refused("evaluate", str(tmp_path))


def test_a_model_is_exported(tmp_path: Path) -> None:
    pytest.importorskip("onnxscript")
    folder, file = tmp_path / "model", tmp_path / "new" / "actor.onnx"
    steps = ["--steps", str(ROLLOUT), "--track", "csv"]
    assert invoke("train", *SMALL, *steps, "--out", str(folder)).exit_code == 0
    assert invoke("export", str(folder), "--onnx", str(file)).exit_code == 0
    assert file.stat().st_size > 1000
    assert "expected the folder of a saved model" in refused(
        "export", str(tmp_path), "--onnx", str(file)
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["auction_desk", "--algo", "ppo"], "ppo needs agents that accept"),
        (["small_desk", "--setting", "gama=1"], "no 'gama'"),
        (["small_desk", "--setting", "gamma=much"], "expected a number"),
        (["small_desk", "--setting", "minibatches=0"], "(int) of at least 1, not '0'"),
        (["small_desk", "--setting", "gamma=nan"], "(float) of at least 0, not 'nan'"),
        (["small_desk", "--seed", "1000"], "999"),
        (["small_desk", "--resume"], "expected checkpoint.pt"),
        (["small_desk", "--algo", "sac"], "algo: expected one of mappo"),
        (["small_desk", "--view", "triage"], "mappo learns in the view parallel only"),
        (["small_desk", "--track", "wandb"], "track: expected one of tensorboard"),
        (["support_bfsi", "--view", "conversation", "--report", "x.html"], "--report: expected"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    arguments: list[str], message: str, tmp_path: Path
) -> None:
    result = invoke("train", *arguments, "--out", str(tmp_path))
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_folder_that_could_not_be_a_policy_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "mine:best"
    assert "expected a folder without a colon" in refused(
        "train", "small_desk", "--out", str(folder)
    )
    assert not folder.exists()
