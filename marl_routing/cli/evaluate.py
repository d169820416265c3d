"""`marl-routing evaluate`: one policy on test episodes, beside baselines."""

from typing import Annotated

import typer

from marl_routing.cli.console import (
    JsonOption,
    SeedOption,
    out,
    print_json,
    read_names,
    refusing_bad_input,
)
from marl_routing.cli.playing import (
    EpisodesOption,
    MostOption,
    PrecisionOption,
    ThreadsOption,
    play_all,
    share,
)
from marl_routing.cli.report import ReportOption
from marl_routing.cli.results import FolderOption, Results, print_result
from marl_routing.evaluation import check_episodes, load_policies
from marl_routing.evaluation.baselines import baselines
from marl_routing.evaluation.precision import MOST
from marl_routing.evaluation.seeds import TEST
from marl_routing.policies.folders import trained_on
from marl_routing.report import words
from marl_routing.scenario import Scenario, load_scenario


def evaluate(
    policy: Annotated[
        str,
        typer.Argument(help="name, name:parameter=value, my_module.MyPolicy, a model's folder."),
    ],
    scenario: Annotated[
        str | None,
        typer.Argument(help="A shipped scenario's name, or a path; a model's own if left out."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(help="Comma-separated policies; chance and simple rules if left out."),
    ] = None,
    episodes: EpisodesOption = 64,
    precision: PrecisionOption = None,
    most: MostOption = MOST,
    seed: SeedOption = TEST,
    threads: ThreadsOption = 1,
    as_json: JsonOption = False,
    folder: FolderOption = None,
    page: ReportOption = None,
) -> None:
    """Judge one policy against others on the same tickets."""
    with refusing_bad_input():
        desk = load_scenario(scenario) if scenario else trained_on(policy)
        rules = load_policies([policy, *_rivals(policy, against, desk)], desk)
        wanted = share(precision)
        check_episodes(episodes, seed, wanted, most)
        results = Results(folder, page, desk, scenario)
    result = play_all(desk, rules, episodes, seed, threads, wanted, most)
    finding = words.finding(result, policy, desk.time)
    if as_json:
        print_json({"evaluated": policy, "finding": finding} | result.to_json())
    else:
        print_result(result, out())
        out().print(finding, soft_wrap=True, highlight=False)
    results.save(rules, result, policy)


def _rivals(policy: str, against: str | None, desk: Scenario) -> list[str]:
    """The policies named, or the baselines, less the policy itself."""
    if against is not None:
        return read_names(against)
    return [name for name in baselines(desk) if name != policy]
