"""`marl-routing gap`: how far policies are from the best that is possible."""

from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from marl_routing.cli.console import (
    JsonOption,
    PoliciesOption,
    ScenarioArgument,
    SeedOption,
    compiling,
    err,
    leave_unfinished,
    out,
    print_json,
    read_names,
    refusing_bad_input,
)
from marl_routing.evaluation.gap import EPISODES, Cost, Gap, check_gap, find_gap
from marl_routing.evaluation.protocol import WrongShapeError
from marl_routing.evaluation.seeds import TEST
from marl_routing.policies import list_policies
from marl_routing.scenario import load_scenario


def gap(
    scenario: ScenarioArgument,
    policies: PoliciesOption = None,
    episodes: Annotated[
        int, typer.Option(min=2, help="Episodes of a policy that can only be simulated.")
    ] = EPISODES,
    seed: SeedOption = TEST,
    as_json: JsonOption = False,
) -> None:
    """Solve a small desk of two agents exactly, and say how much more policies cost there."""
    names = list_policies() if policies is None else read_names(policies)
    with refusing_bad_input():
        desk = load_scenario(scenario)
        rules = check_gap(desk, names, episodes, seed)
    with err.status("Solving ...") as status, refusing_bad_input((WrongShapeError,)):
        result = find_gap(
            desk,
            rules,
            episodes,
            seed,
            progress=lambda what: status.update(f"{what} ..."),
            compiling=compiling,
        )
    if as_json:
        print_json(result.to_json())
    else:
        out().print(gap_table(result))
        out().print(result.headline(), soft_wrap=True, highlight=False)
    leave_unfinished(result.unfinished)


def gap_table(result: Gap) -> Table:
    """A line a policy, the cheapest first; the optima on top."""
    table = Table(
        Column("policy", no_wrap=True),
        *(Column(heading, justify="right") for heading in ("cost a step", "ratio")),
        Column("found by"),
        title=f"{result.scenario}: long-run average holding cost",
        caption="simulated: mean ± half width of the 95 % interval",
        title_justify="left",
        caption_justify="left",
        box=SIMPLE_HEAD,
    )
    bounds = {
        "(best of all)": result.optimal,
        "(best that lets nobody idle beside work)": result.work_conserving,
    }
    for name, cost in bounds.items():
        table.add_row(name, f"{cost:.6g}", f"{cost / result.optimal:.4f}", "solved")
    for row in result.costs:
        how = "solved" if row.exact else "simulated"
        table.add_row(row.policy, _figure(row), f"{row.mean / result.optimal:.4f}", how)
    return table


def _figure(cost: Cost) -> str:
    if cost.exact:
        return f"{cost.mean:.6g}"
    return f"{cost.mean:.4g} ± {cost.high - cost.mean:.2g}"
