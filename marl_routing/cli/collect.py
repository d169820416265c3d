"""`marl-routing collect`: episodes as data, for offline learning, imitation, analysis."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from marl_routing.cli.console import (
    INTERRUPTED,
    ScenarioArgument,
    compiling,
    err,
    make_writable,
    progress_bar,
    refusing_bad_input,
)
from marl_routing.evaluation import load_policies
from marl_routing.evaluation.protocol import WrongShapeError
from marl_routing.evaluation.seeds import TRAINING
from marl_routing.scenario import load_scenario


class View(StrEnum):
    """Whose episodes: all agents', or those of a single-agent view."""

    PARALLEL = "parallel"
    DISPATCHER = "dispatcher"
    TRIAGE = "triage"
    CONVERSATION = "conversation"


def collect(
    scenario: ScenarioArgument,
    folder: Annotated[Path, typer.Option("--out", help="Folder to make; nothing may be there.")],
    policy: Annotated[
        str, typer.Option(help="name or name:parameter=value, or a saved model; triage: rule")
    ] = "random",
    episodes: Annotated[int, typer.Option(min=1, help="How many.")] = 64,
    seed: Annotated[
        int, typer.Option(min=0, help="Of the first episode; by default the first training seed.")
    ] = TRAINING,
    view: Annotated[
        View, typer.Option(help="parallel: all agents, as Parquet; else one, as Minari dataset.")
    ] = View.PARALLEL,
) -> None:
    """Write all that is seen, done and paid in whole episodes, as data to learn from."""
    with refusing_bad_input():
        _require_extra()
        from marl_routing.trajectories.keeping import require_new

        require_new(folder)
        make_writable(folder.parent)
    if view is View.PARALLEL:
        kept = _of_desks(scenario, policy, episodes, folder, seed)
    else:
        kept = _of_view(view, scenario, policy, episodes, folder, seed)
    words = f"Kept {kept} episodes in {folder}." if kept else "Interrupted before any was kept."
    err.print(words, soft_wrap=True, highlight=False)
    if kept < episodes:
        raise typer.Exit(INTERRUPTED)


def _require_extra() -> None:
    try:
        import marl_routing.trajectories  # noqa: F401
    except ImportError as error:
        raise ValueError(f"collect: {error}") from error


def _of_desks(scenario: str, policy: str, episodes: int, folder: Path, seed: int) -> int:
    from marl_routing.trajectories import collect as collect_desks
    from marl_routing.trajectories import prepare

    with refusing_bad_input():
        desk = load_scenario(scenario)
        (rule,) = load_policies([policy], desk)
    with compiling(), refusing_bad_input((WrongShapeError,)):
        prepare(desk, rule)
    return _under_bar(
        episodes * desk.time.horizon_steps,
        lambda tell: collect_desks(desk, rule, episodes, folder, seed, progress=tell),
    )


def _of_view(view: View, scenario: str, policy: str, episodes: int, folder: Path, seed: int) -> int:
    with refusing_bad_input((ValueError, OSError, ImportError)):
        from marl_routing.trajectories.views import collect_view, open_view, prepare_view

        played = open_view(view, scenario, policy)
    with compiling():
        prepare_view(played)
    return _under_bar(
        episodes, lambda tell: collect_view(played, episodes, folder, seed, progress=tell)
    )


def _under_bar(total: int, work: Callable[[Callable[[int], None]], int]) -> int:
    with progress_bar() as bar:
        task = bar.add_task("playing", total=total)
        return work(lambda done: bar.update(task, advance=done))
