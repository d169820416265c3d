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

from marl_routing.cli.console import INTERRUPTED
from marl_routing.training import Learner
from tests.cli.calls import invoke

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
    with (folder / "figures.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["agent_steps"]) for row in rows] == [ROLLOUT * n for n in (1, 2, 3, 4)]
    for command in (["run", "small_desk", "--policy", str(folder), "--steps", "5"],
                    ["compare", "small_desk", "--policies", f"random,{folder}", "--episodes", "2"],
                    ["evaluate", str(folder), "small_desk", "--episodes", "2"]):  # fmt: skip
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
    import torch

    done = torch.load(folder / "checkpoint.pt", weights_only=True)["steps"] * 16 * 2
    assert done > 0
    steps = str(done + 2 * ROLLOUT)
    result = invoke(*command, "--steps", steps, "--resume")
    assert result.exit_code == 0
    assert json.loads((folder / "model.json").read_text())["agent_steps"] == int(steps)


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
            if next(calls) == 2 * 16 + 5:  # in the third update
                raise KeyboardInterrupt
            return losses(*arguments)

        patch.setattr(Learner, "_losses", interrupted)
        assert invoke("train", *SMALL, *steps, "--out", broken).exit_code == INTERRUPTED
    assert invoke("train", *SMALL, *steps, "--out", broken, "--resume").exit_code == 0
    with np.load(f"{whole}/actor.npz") as one, np.load(f"{broken}/actor.npz") as other:
        for name in one:
            np.testing.assert_array_equal(one[name], other[name], name)
    figures = [Path(folder, "figures.csv").read_text() for folder in (whole, broken)]
    assert figures[0] == figures[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["auction_desk"], "expected a desk whose agents accept"),
        (["small_desk", "--setting", "gama=1"], "no 'gama'"),
        (["small_desk", "--setting", "gamma=much"], "expected a number"),
        (["small_desk", "--resume"], "expected checkpoint.pt"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    arguments: list[str], message: str, tmp_path: Path
) -> None:
    result = invoke("train", *arguments, "--out", str(tmp_path))
    assert result.exit_code == 2
    assert message in result.stderr
