"""`marl-routing evaluate`: one policy on test episodes, beside baselines."""

from pathlib import Path
from typing import Annotated

import typer

from marl_routing.cli.compare import print_result, save
from marl_routing.cli.console import (
    INTERRUPTED,
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
from marl_routing.evaluation import check_episodes, load_policies
from marl_routing.evaluation.baselines import baselines
from marl_routing.evaluation.precision import MOST
from marl_routing.evaluation.seeds import TEST
from marl_routing.report import words
from marl_routing.scenario import Scenario, load_scenario


def evaluate(
    policy: Annotated[
        str,
        typer.Argument(help="name, name:parameter=value, or my_module.MyPolicy of your own."),
    ],
    scenario: ScenarioArgument,
    against: Annotated[
        str | None,
        typer.Option(help="Comma-separated policies; chance and simple rules if left out."),
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
    """Judge one policy against others on the same tickets."""
    with refusing_bad_input():
        desk = load_scenario(scenario)
        rules = load_policies([policy, *_rivals(policy, against, desk)], desk)
        wanted = share(precision)
        check_episodes(episodes, seed, wanted, most)
        if folder is not None:
            make_writable(folder)
        report = Report(page, desk, scenario)
    compile_episodes(desk, *rules)
    result = play_all(desk, rules, episodes, seed, threads, wanted, most)
    finding = words.finding(result, policy, desk.time)
    if as_json:
        print_json({"evaluated": policy, "finding": finding} | result.to_json())
    else:
        print_result(result, out())
        out().print(finding, soft_wrap=True, highlight=False)
    if folder is not None:
        with refusing_bad_input():
            save(result, folder)
    report.save(rules, result, policy)
    if result.unfinished:
        err.print(f"Interrupted: {', '.join(result.unfinished)} not finished.")
        raise typer.Exit(INTERRUPTED)


def _rivals(policy: str, against: str | None, desk: Scenario) -> list[str]:
    """The policies named, or the baselines, less the policy itself."""
    if against is not None:
        return [name.strip() for name in against.split(",") if name.strip()]
    return [name for name in baselines(desk) if name != policy]
