"""`marl-routing train`: agents learn, and are held against the rules on other tickets."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from marl_routing.cli.report import Report, ReportOption
from marl_routing.cli.results import print_result
from marl_routing.evaluation import Comparison, load_policies
from marl_routing.evaluation.baselines import baselines
from marl_routing.evaluation.learning_curve import DESK, REWARD_PER_STEP
from marl_routing.evaluation.seeds import TEST
from marl_routing.policies.folders import PARALLEL
from marl_routing.scenario import Scenario, load_scenario

if TYPE_CHECKING:
    from marl_routing.training.tracking import Tracker
    from marl_routing.training.trainer import Trainer

EPISODES = 128  # of the comparison at the end
LAST_SEED = 999  # each has a million training episodes of its own, and there are 10**9


def train(
    scenario: ScenarioArgument,
    algo: Annotated[
        str, typer.Option(help="mappo, or of Stable-Baselines3: maskable_ppo, ppo, a2c, dqn.")
    ] = "mappo",
    view: Annotated[
        str, typer.Option(help="Who acts: parallel (agents), dispatcher, triage, conversation.")
    ] = PARALLEL,
    steps: Annotated[int, typer.Option(min=1, help="Agent-steps to learn from.")] = 5_000_000,
    seed: Annotated[int, typer.Option(min=0, max=LAST_SEED, help="Of networks and episodes.")] = 0,
    setting: Annotated[
        list[str] | None, typer.Option(help="name=value, of docs/learning.md; may be repeated.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Folder of the model (default: runs/train/...).")
    ] = None,
    checkpoint_every: Annotated[
        int, typer.Option(min=1, help="Agent-steps between checkpoints, and validations.")
    ] = 1_000_000,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint.")] = False,
    track: Annotated[
        list[str] | None,
        typer.Option(help="tensorboard (default), mlflow or csv; may be repeated."),
    ] = None,
    page: ReportOption = None,
) -> None:
    """Let the agents of a desk learn, and compare what they learned with the rules."""
    with refusing_bad_input():
        desk = load_scenario(scenario)
        names = [desk.name, algo, *([view] if view != PARALLEL else []), "seed", str(seed)]
        folder = folder or Path("runs", "train", "-".join(names))
        if ":" in str(folder):  # which ends the name of a policy
            raise ValueError(f"--out: expected a folder without a colon, not {folder}")
        make_writable(folder)
        if page is not None and view != PARALLEL:
            raise ValueError(f"--report: expected the view {PARALLEL}, not {view}")
        report = Report(page, desk, scenario)
        trainer = _trainer(algo, view, desk, [f"seed={seed}", *(setting or [])])
        if resume:
            trainer.load_checkpoint(folder)
        keep = _keeping(trainer, view, folder, resume)
        trackers = _trackers(track or ["tensorboard"], folder, trainer, algo, view, desk)
    _learn(trainer, keep, trackers, steps, folder, checkpoint_every)
    if view == PARALLEL:
        _compare(desk, folder, report)
    else:
        _compare_in_view(trainer, view, desk, algo, folder)


def _trainer(algo: str, view: str, desk: Scenario, settings: list[str]) -> "Trainer":
    try:
        from marl_routing.training.trainer import make_trainer
    except ImportError as error:
        raise ValueError("train needs PyTorch: pip install 'marl-routing[train]'") from error
    with err.status("Compiling ..."):
        return make_trainer(algo, view, desk, settings)


def _trackers(
    names: list[str], folder: Path, trainer: "Trainer", algo: str, view: str, desk: Scenario
) -> "list[Tracker]":
    from marl_routing.training.tracking import make_trackers

    run = {"scenario": desk.name, "algo": algo, "view": view} | asdict(trainer.settings)
    return make_trackers(names, folder, trainer.agent_steps, run)


def _keeping(
    trainer: "Trainer", view: str, folder: Path, resumed: bool
) -> Callable[[], dict[str, float]]:
    """What saves the model, of all agents the best so far, and says what the desk makes of it."""
    from marl_routing.training.keeping import Keeper

    if view == PARALLEL:
        return Keeper(trainer, folder, resumed).keep

    def keep() -> dict[str, float]:
        trainer.save_model(folder)
        return trainer.kpis(folder)

    return keep


def _learn(
    trainer: "Trainer",
    keep: Callable[[], dict[str, float]],
    trackers: "list[Tracker]",
    steps: int,
    folder: Path,
    checkpoint_every: int,
) -> None:
    """Train under a progress bar.

    An interruption may strike amid an update, so it leaves the last checkpoint as it is.
    """
    from marl_routing.training.keeping import learning

    try:
        with progress_bar() as bar:
            task = bar.add_task("learning", total=steps, completed=trainer.agent_steps)
            for table, figures in learning(trainer, keep, steps, checkpoint_every):
                for tracker in trackers:
                    tracker.log(table, trainer.agent_steps, figures)
                if table == DESK:
                    for tracker in trackers:
                        tracker.flush()
                    trainer.save_checkpoint(folder)
                    continue
                words = f"reward a step {figures[REWARD_PER_STEP]:.2f}"
                bar.update(task, completed=trainer.agent_steps, description=words)
    except KeyboardInterrupt:
        err.print(f"Interrupted; --resume goes on from the last checkpoint in {folder}, if any.")
        raise typer.Exit(INTERRUPTED) from None
    finally:
        for tracker in trackers:
            tracker.close()
    err.print(f"Saved the model in {folder}.")


def _compare(desk: Scenario, folder: Path, report: Report) -> None:
    """The paired comparison with the rules, the curve, and the page if one is asked for."""
    with refusing_bad_input():
        rules = load_policies([str(folder), *baselines(desk)], desk)
    result = play_all(desk, rules, EPISODES, TEST, threads=1)
    print_result(result, out())
    _draw(folder, result, str(folder))
    report.save(rules, result, str(folder))
    leave_unfinished(result.unfinished)


def _compare_in_view(
    trainer: "Trainer", view: str, desk: Scenario, algo: str, folder: Path
) -> None:
    """The same for a single-agent view, whose rules are its own."""
    from marl_routing.evaluation.views import VIEWS, compare_in_view
    from marl_routing.training.stable_baselines import StableTrainer

    assert isinstance(trainer, StableTrainer)
    rules = {algo: trainer.rule, **VIEWS[view].rules}
    with err.status("Comparing ..."):
        result = compare_in_view(VIEWS[view], desk, rules, EPISODES)
    print_result(result, out())
    _draw(folder, result, algo)


def _draw(folder: Path, result: Comparison, learned: str) -> None:
    """The learning curve as a picture in the folder."""
    from marl_routing.report.plots.learning import save_curve

    try:
        save_curve(folder, result, learned)
    except ImportError:
        err.print("No curve.png: it needs matplotlib: pip install 'marl-routing[report]'")
