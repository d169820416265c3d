"""Every example runs."""

import runpy
from pathlib import Path

import pytest

from tests.compat.libraries import LIBRARIES

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "examples"
SAYS = {
    "random_policy": "tickets resolved, reward",
    "train_ppo": "reward of one episode after 256 decisions",
    "evaluate_policy": "lp_specialist served best",
    "visualize_episode": "step 120 of 240",
    "custom_reward": "with them, everybody idle: [-1.5 -1.5]",
    "triage_desk": "triage_rule: reward 21.0",
    "train_conversation": "PPO after 2048 turns, seed 0: ",
    "train_shared_policy": "4096 agent-steps in ",
    "train_supersuit": "4096 agent-steps in ",
    "train_torchrl": "4096 agent-steps in ",
    "train_tianshou": "4096 agent-steps in ",
    "train_cleanrl": "4096 agent-steps in ",
    "custom_scenario": "accept bread ticket 1",
}
# `python -m tests.compat` runs these, each in an environment of its own.
ELSEWHERE = {library.example for library in LIBRARIES if library.pins}


def test_every_example_is_listed() -> None:
    examples = {path.stem for path in FOLDER.glob("*.py")}
    assert examples == set(SAYS) | ELSEWHERE
    index = (ROOT / "docs" / "index.md").read_text()
    assert [name for name in examples if f"](../examples/{name}.py) |" not in index] == []


@pytest.mark.parametrize("name", SAYS)
def test_example_runs(
    name: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [name])
    runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")
    assert SAYS[name] in capsys.readouterr().out
    assert not list(tmp_path.iterdir()), "an example leaves nothing behind"
