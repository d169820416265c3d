"""`marl-routing compare`: several policies on the same tickets."""

import io
import json
import re
from pathlib import Path
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
    make_writable,
    out,
    print_json,
    refusing_bad_input,
)
from marl_routing.cli.playing import MostOption, PrecisionOption, play_all, share
from marl_routing.cli.report import Report, ReportOption
from marl_routing.cli.table import comparison_table, group_tables
from marl_routing.evaluation import Comparison, check_episodes, load_policies
from marl_routing.evaluation.precision import MOST
from marl_routing.evaluation.seeds import TEST
from marl_routing.policies import list_policies
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
    episodes: Annotated[
        int, typer.Option(min=1, help="Episodes a policy; with --precision the first ones.")
    ] = 64,
    precision: PrecisionOption = None,
    most: MostOption = MOST,
    seed: SeedOption = TEST,
    threads: Annotated[
        int, typer.Option(min=1, help="Threads; more than one pay on idle cores only.")
    ] = 1,
    as_json: JsonOption = False,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Save the results in this folder.")
    ] = None,
    page: ReportOption = None,
) -> None:
    """Compare policies on the same tickets: means, 95 % intervals, differences to the best."""
    with refusing_bad_input():
        desk = load_scenario(scenario)
        rules = load_policies(_names(policies, scenario, desk), desk)
        wanted = share(precision)
        check_episodes(episodes, seed, wanted, most)
        if folder is not None:
            make_writable(folder)
        report = Report(page, desk, scenario)
    compile_episodes(desk, *rules)
    result = play_all(desk, rules, episodes, seed, threads, wanted, most)
    if as_json:
        print_json(result.to_json())
    else:
        print_result(result, out())
    if folder is not None:
        with refusing_bad_input():
            save(result, folder)
    report.save(rules, result)
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


def print_result(result: Comparison, page: Console) -> None:
    """The tables, and what was found in one sentence."""
    for table in (comparison_table(result), *group_tables(result)):
        page.print(table)
    page.print(result.headline(), soft_wrap=True, highlight=False)
    if result.precision is not None:
        page.print(result.precision_reached(), soft_wrap=True, highlight=False)


def save(result: Comparison, folder: Path) -> None:
    """The numbers as JSON, the table as text."""
    scenario = re.sub(r"[^\w.-]+", "_", result.scenario)
    stem = f"compare-{scenario}-{result.episodes}-episodes-seed-{result.seed}"
    numbers = folder / f"{stem}.json"
    write_file(numbers, json.dumps(result.to_json(), indent=2) + "\n")
    page = Console(width=WIDE, file=io.StringIO(), record=True)
    print_result(result, page)
    write_file(folder / f"{stem}.txt", page.export_text())
    err.print(f"Saved {numbers} and its table (.txt).", soft_wrap=True, highlight=False)
