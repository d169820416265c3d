"""`marl-routing train`: agents learn, and are held against the rules on other tickets."""

import csv
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from marl_routing.cli.console import (
    INTERRUPTED,
    ScenarioArgument,
    err,
    leave_unfinished,
    make_writable,
    out,
    progress_bar,
    refusing_bad_input,
)
from marl_routing.cli.playing import play_all
from marl_routing.cli.results import print_result
from marl_routing.evaluation import load_policies
from marl_routing.evaluation.baselines import baselines
from marl_routing.evaluation.seeds import TEST
from marl_routing.scenario import Scenario, load_scenario

if TYPE_CHECKING:
    from marl_routing.training import Learner

EPISODES = 128  # of the comparison at the end
FIGURES = "figures.csv"


def train(
    scenario: ScenarioArgument,
    steps: Annotated[int, typer.Option(min=1, help="Agent-steps to learn from.")] = 5_000_000,
    seed: Annotated[int, typer.Option(min=0, help="Of networks and training episodes.")] = 0,
    setting: Annotated[
        list[str] | None, typer.Option(help="name=value, of docs/learning.md; may be repeated.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Folder of the model (default: runs/train/...).")
    ] = None,
    checkpoint_every: Annotated[
        int, typer.Option(min=1, help="Agent-steps after which a checkpoint is kept.")
    ] = 250_000,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint.")] = False,
) -> None:
    """Let all agents of a desk learn one policy (MAPPO), and compare it with the rules."""
    with refusing_bad_input():
        desk = load_scenario(scenario)
        folder = folder or Path("runs", "train", f"{desk.name}-mappo-seed-{seed}")
        make_writable(folder)
        learner = _learner(desk, seed, setting or [])
        if resume:
            from marl_routing.training import load_checkpoint

            load_checkpoint(learner, folder)
    _learn(learner, steps, folder, checkpoint_every)
    with refusing_bad_input():
        rules = load_policies([str(folder), *baselines(desk)], desk)
    result = play_all(desk, rules, EPISODES, TEST, threads=1)
    print_result(result, out())
    leave_unfinished(result.unfinished)


def _learner(desk: Scenario, seed: int, texts: list[str]) -> "Learner":
    """With the settings given as texts."""
    try:
        import torch

        from marl_routing.training import Learner, Settings
    except ImportError as error:
        raise ValueError("train needs PyTorch: pip install 'marl-routing[train]'") from error
    if desk.protocol.kind == "bid":
        raise ValueError(f"train: expected a desk whose agents accept, {desk.name} has bids")
    kinds: dict[str, type[int] | type[float]] = {
        name: type(value) for name, value in asdict(Settings()).items()
    }
    values: dict[str, Any] = {}
    for text in texts:
        name, _, value = text.partition("=")
        if name not in kinds:
            raise ValueError(f"setting: no {name!r}; expected one of {', '.join(kinds)}")
        try:
            values[name] = kinds[name](value)
        except ValueError:
            expected = f"expected a number ({kinds[name].__name__}), not {value!r}"
            raise ValueError(f"setting {name}: {expected}") from None
    torch.set_num_threads(1)  # the networks are small: more threads only wait for each other
    with err.status("Compiling ..."):
        return Learner.on(desk, replace(Settings(seed=seed), **values))


def _learn(learner: "Learner", steps: int, folder: Path, checkpoint_every: int) -> None:
    """Train under a progress bar.

    An interruption may strike amid an update, so it leaves the last checkpoint as it is.
    """
    from marl_routing.training import save_checkpoint, save_model, train

    kept = learner.agent_steps
    mode = "a" if kept else "w"
    try:
        with progress_bar() as bar, (folder / FIGURES).open(mode, newline="") as file:
            task = bar.add_task("learning", total=steps, completed=learner.agent_steps)
            table = csv.writer(file)
            for figures in train(learner, steps):
                if file.tell() == 0:
                    table.writerow(["agent_steps", *figures])
                table.writerow([learner.agent_steps, *figures.values()])
                words = f"reward a step {figures['reward_per_step']:.2f}"
                bar.update(task, completed=learner.agent_steps, description=words)
                if learner.agent_steps - kept >= checkpoint_every:
                    file.flush()
                    save_checkpoint(learner, folder)
                    kept = learner.agent_steps
    except KeyboardInterrupt:
        err.print(f"Interrupted; --resume goes on from the last checkpoint in {folder}, if any.")
        raise typer.Exit(INTERRUPTED) from None
    save_checkpoint(learner, folder)
    save_model(learner, folder)
    err.print(f"Saved the model in {folder}.")
