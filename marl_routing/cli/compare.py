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
    compiling,
    err,
    make_writable,
    out,
    print_json,
    progress_bar,
    refusing_bad_input,
)
from marl_routing.cli.report import Report, ReportOption
from marl_routing.cli.table import comparison_table, group_tables
from marl_routing.evaluation import Comparison, load_policies, prepare
from marl_routing.evaluation import compare as compare_policies
from marl_routing.policies import BidPolicy, Policy, list_policies
from marl_routing.scenario import Scenario, compile_scenario, load_scenario


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
    page: ReportOption = None,
) -> None:
    """Compare policies on the same tickets: means, 95 % intervals, differences to the best."""
    with refusing_bad_input():
        desk = load_scenario(scenario)
        rules = load_policies(_names(policies, desk), desk)
        if folder is not None:
            make_writable(folder)
        report = Report(page, desk, scenario)
    prepare_all(desk, rules)
    result = play_all(desk, rules, episodes, seed, threads)
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


def _names(policies: str | None, desk: Scenario) -> list[str]:
    """The policies asked for, or all that fit the desk."""
    if policies is None:
        bids, talks = desk.protocol.kind == "bid", desk.customers is not None
        return list_policies(bidding=bids, talking=talks)
    return [name.strip() for name in policies.split(",") if name.strip()]


def prepare_all(desk: Scenario, rules: list[Policy | BidPolicy]) -> None:
    """Compile what desks of these sizes and the policies need: once, later it is read from disk."""
    with refusing_bad_input():
        compile_scenario(desk)
    with compiling():
        for rule in rules:
            prepare(desk, rule)


def play_all(
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


def print_result(result: Comparison, page: Console) -> None:
    """The tables, and what was found in one sentence."""
    for table in (comparison_table(result), *group_tables(result)):
        page.print(table)
    page.print(result.headline(), soft_wrap=True, highlight=False)


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
