"""`marl-routing tune`: search the weights of `optimised_index` for a scenario, and save them."""

from pathlib import Path
from typing import Annotated

import typer

from marl_routing.cli.console import (
    INTERRUPTED,
    ScenarioArgument,
    compile_episodes,
    err,
    leave_unfinished,
    out,
    progress_bar,
    refusing_bad_input,
)
from marl_routing.cli.playing import play_all
from marl_routing.cli.saving import require_writable
from marl_routing.cli.table import comparison_table
from marl_routing.evaluation import load_policies
from marl_routing.evaluation.seeds import TEST
from marl_routing.evaluation.tuning import Search, require_tunable
from marl_routing.evaluation.tuning import tune as search_weights
from marl_routing.policies import list_policies
from marl_routing.policies.indices import SUFFIX, TunedIndex, path_beside
from marl_routing.policies.optimised_index import OptimisedIndex
from marl_routing.scenario import Scenario, load_scenario
from marl_routing.scenario.files import SUFFIXES
from marl_routing.scenario.writing import write_file


def tune(
    scenario: ScenarioArgument,
    file: Annotated[
        Path | None,
        typer.Option("--out", help="File for the weights; beside the scenario's if left out."),
    ] = None,
    generations: Annotated[
        int, typer.Option(min=1, help="More search longer.")
    ] = Search.generations,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the search.")] = 0,
    episodes: Annotated[int, typer.Option(min=1, help="Episodes of the test at the end.")] = 128,
) -> None:
    """Search weights of optimised_index for a scenario; then compare it with all rules."""
    file = file or _default_file(scenario)
    with refusing_bad_input():
        desk = load_scenario(scenario)
        require_tunable(desk)
        require_writable(file, "--out")
    compile_episodes(desk, OptimisedIndex.of({}))
    index = _search(desk, seed, Search(generations=generations))
    with refusing_bad_input():
        write_file(file, index.to_json())
    err.print(f"Saved {file}.", soft_wrap=True, highlight=False)
    if index.generations < generations:
        err.print(f"Interrupted: the best of {index.generations} generations.", highlight=False)
        raise typer.Exit(INTERRUPTED)
    _test(desk, file, episodes)


def _default_file(scenario: str) -> Path:
    """Beside the scenario's file; for a shipped scenario in this folder."""
    path = Path(scenario)
    return path_beside(path) if path.suffix in SUFFIXES else Path(path.name + SUFFIX)


def _search(desk: Scenario, seed: int, search: Search) -> TunedIndex:
    """Search under a progress bar; Ctrl-C ends it with the best so far."""
    with progress_bar() as bar:
        task = bar.add_task("searching weights", total=search.generations)
        return search_weights(desk, seed, search, lambda done: bar.update(task, completed=done))


def _test(desk: Scenario, file: Path, episodes: int) -> None:
    """Compare with all rules on seeds that the search has not seen."""
    index = OptimisedIndex(str(file))
    rules = load_policies([*list_policies(), index], desk)
    result = play_all(desk, rules, episodes, TEST, threads=1)
    out().print(comparison_table(result))
    out().print(result.headline(), soft_wrap=True, highlight=False)
    leave_unfinished(result.unfinished)
