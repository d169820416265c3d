"""`marl-routing compare`: several policies on the same tickets."""

from pathlib import Path

from marl_routing.cli.console import (
    JsonOption,
    PoliciesOption,
    ScenarioArgument,
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
from marl_routing.evaluation.precision import MOST
from marl_routing.evaluation.seeds import TEST
from marl_routing.policies import list_policies
from marl_routing.policies.indices import has_index, path_beside, read_index
from marl_routing.policies.optimised_index import OptimisedIndex
from marl_routing.scenario import Scenario, load_scenario
from marl_routing.scenario.files import SUFFIXES


def compare(
    scenario: ScenarioArgument,
    policies: PoliciesOption = None,
    episodes: EpisodesOption = 64,
    precision: PrecisionOption = None,
    most: MostOption = MOST,
    seed: SeedOption = TEST,
    threads: ThreadsOption = 1,
    as_json: JsonOption = False,
    folder: FolderOption = None,
    page: ReportOption = None,
) -> None:
    """Compare policies on the same tickets: means, 95 % intervals, differences to the best."""
    with refusing_bad_input():
        desk = load_scenario(scenario)
        rules = load_policies(_names(policies, scenario, desk), desk)
        wanted = share(precision)
        check_episodes(episodes, seed, wanted, most)
        results = Results(folder, page, desk, scenario)
    result = play_all(desk, rules, episodes, seed, threads, wanted, most)
    if as_json:
        print_json(result.to_json())
    else:
        print_result(result, out())
    results.save(rules, result)


def _names(policies: str | None, scenario: str, desk: Scenario) -> list[str]:
    """The policies asked for, or all rules that fit the desk, with an index tuned for it."""
    if policies is None:
        bids, talks = desk.protocol.kind == "bid", desk.customers is not None
        return [*list_policies(bidding=bids, talking=talks), *_tuned_index(scenario, desk)]
    return read_names(policies)


def _tuned_index(scenario: str, desk: Scenario) -> list[str]:
    """The index that ships with the scenario, or that lies beside its file; if there is one."""
    if has_index(desk.name, desk.digest):
        return [OptimisedIndex.name]
    beside = path_beside(Path(scenario))
    if not scenario.endswith(SUFFIXES) or not beside.is_file():
        return []
    fits = read_index(beside).digest == desk.digest
    return [f"{OptimisedIndex.name}:weights={beside}"] if fits else []
