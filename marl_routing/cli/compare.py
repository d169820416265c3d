"""`marl-routing compare`: several policies on the same tickets."""

import io
import json
import re
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated

import typer
from rich.console import Console

from marl_routing.calibration.write import write_file
from marl_routing.cli.console import (
    INTERRUPTED,
    WIDE,
    JsonOption,
    ScenarioArgument,
    SeedOption,
    compile_episodes,
    err,
    out,
    print_json,
    progress_bar,
    refusing_bad_input,
)
from marl_routing.cli.table import comparison_table, group_tables
from marl_routing.evaluation import Comparison, load_policies
from marl_routing.evaluation import compare as compare_policies
from marl_routing.policies import BidPolicy, Policy, list_policies
from marl_routing.policies.indices import has_index, path_beside, read_index
from marl_routing.policies.optimised_index import OptimisedIndex
from marl_routing.scenario import Scenario, load_scenario
from marl_routing.scenario.files import SUFFIXES


def compare(
    scenario: ScenarioArgument,
    policies: Annotated[
        str | None,
        typer.Option(help="Comma-separated, name or name:parameter=value; all if left out."),
    ] = None,
    episodes: Annotated[int, typer.Option(min=1, help="Episodes a policy.")] = 64,
    seed: SeedOption = 0,
    threads: Annotated[
        int, typer.Option(min=1, help="Threads; more than one pay on idle cores only.")
    ] = 1,
    as_json: JsonOption = False,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Save the results in this folder.")
    ] = None,
) -> None:
    """Compare policies on the same tickets: means, 95 % intervals, differences to the best."""
    with refusing_bad_input():
        desk = load_scenario(scenario)
        rules = load_policies(_names(policies, scenario, desk), desk)
        if folder is not None:
            make_writable(folder)
    compile_episodes(desk, *rules)
    result = _play(desk, rules, episodes, seed, threads)
    if as_json:
        print_json(result.to_json())
    else:
        _print(result, out())
    if folder is not None:
        with refusing_bad_input():
            _save(result, folder)
    if result.unfinished:
        err.print(f"Interrupted: {', '.join(result.unfinished)} not finished.")
        raise typer.Exit(INTERRUPTED)


def _names(policies: str | None, scenario: str, desk: Scenario) -> list[str]:
    """The policies asked for, or all rules that fit the desk, with an index tuned for it."""
    if policies is None:
        bids, talks = desk.protocol.kind == "bid", desk.customers is not None
        return [*list_policies(bidding=bids, talking=talks), *_tuned_index(scenario, desk)]
    return [name.strip() for name in policies.split(",") if name.strip()]


def _tuned_index(scenario: str, desk: Scenario) -> list[str]:
    """The index that ships with the scenario, or that lies beside its file; if there is one."""
    if has_index(desk.name, desk.digest):
        return [OptimisedIndex.name]
    beside = path_beside(Path(scenario))
    if not scenario.endswith(SUFFIXES) or not beside.is_file():
        return []
    fits = read_index(beside).digest == desk.digest
    return [f"{OptimisedIndex.name}:weights={beside}"] if fits else []


def _play(
    desk: Scenario, rules: list[Policy | BidPolicy], episodes: int, seed: int, threads: int
) -> Comparison:
    """Compare under a progress bar."""
    try:
        with progress_bar() as bar:
            task = bar.add_task(desk.name, total=len(rules) * episodes * desk.time.horizon_steps)
            return compare_policies(
                desk,
                rules,
                episodes,
                seed,
                num_threads=threads,
                progress=lambda policy, steps: bar.update(task, advance=steps, description=policy),
            )
    except KeyboardInterrupt:
        err.print("Interrupted before any policy was finished.")
        raise typer.Exit(INTERRUPTED) from None


def _print(result: Comparison, page: Console) -> None:
    """The tables, and what was found in one sentence."""
    for table in (comparison_table(result), *group_tables(result)):
        page.print(table)
    page.print(result.headline(), soft_wrap=True, highlight=False)


def make_writable(folder: Path) -> None:
    """Find out before the work whether its results can be saved."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder):
        pass


def _save(result: Comparison, folder: Path) -> None:
    """The numbers as JSON, the table as text."""
    scenario = re.sub(r"[^\w.-]+", "_", result.scenario)
    stem = f"compare-{scenario}-{result.episodes}-episodes-seed-{result.seed}"
    numbers = folder / f"{stem}.json"
    write_file(numbers, json.dumps(result.to_json(), indent=2) + "\n")
    page = Console(width=WIDE, file=io.StringIO(), record=True)
    _print(result, page)
    write_file(folder / f"{stem}.txt", page.export_text())
    err.print(f"Saved {numbers} and its table (.txt).", soft_wrap=True, highlight=False)
