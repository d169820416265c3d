"""`marl-routing run`: one episode of a policy."""

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.table import Table

from marl_routing.cli.console import (
    INTERRUPTED,
    DeskArgument,
    JsonOption,
    SeedOption,
    compile_desk,
    out,
    print_json,
    refuse,
    refusing_bad_input,
)
from marl_routing.cli.conversations import conversation_tables
from marl_routing.cli.triage import VIEW, run_triage
from marl_routing.envs.parallel import TicketRoutingEnv
from marl_routing.evaluation import load_policies, play
from marl_routing.evaluation.seeds import TEST


def run(
    scenario: DeskArgument,
    policy: Annotated[
        str | None,
        typer.Option(help="name or name:parameter=value [best_skill]; triage: rule, random, noop"),
    ] = None,
    seed: SeedOption = TEST,
    steps: Annotated[int | None, typer.Option(min=1, help="Stop after so many steps.")] = None,
    render: Annotated[bool, typer.Option("--render", help="Print the desk every step.")] = False,
    as_json: JsonOption = False,
    trace: Annotated[
        Path | None, typer.Option("--out", help="triage: write a JSON line a step to this file.")
    ] = None,
) -> None:
    """Run one episode and print its KPIs; of the triage view engineers and open tickets."""
    if render and as_json:
        refuse("--render and --json exclude each other: --json prints nothing but JSON")
    if scenario == VIEW:
        run_triage(policy or "rule", seed, steps, render, as_json, trace)
    elif trace is not None:
        refuse(f"--out: only {VIEW} writes its steps")
    else:
        _run_desk(scenario, policy or "best_skill", seed, steps, render, as_json)


def _run_desk(
    scenario: str, policy: str, seed: int, steps: int | None, render: bool, as_json: bool
) -> None:
    with refusing_bad_input():
        env = TicketRoutingEnv(scenario, render_mode="human" if render else None)
        (rule,) = load_policies([policy], env.scenario)
    compile_desk(env.scenario, rule)
    interrupted = False
    try:
        metrics = play(env, rule, seed, steps)
    except KeyboardInterrupt:
        metrics, interrupted = env.metrics(), True
    if as_json:
        print_json(metrics)
    else:
        title = f"{env.scenario.name}, {policy}, seed {seed}"
        for table in (_table(title, metrics), *conversation_tables(metrics)):
            out().print(table)
    if interrupted:
        raise typer.Exit(INTERRUPTED)


def _table(title: str, metrics: dict[str, Any]) -> Table:
    """KPIs that are one number, a line each."""
    table = Table("KPI", title=title, title_justify="left")
    table.add_column("value", justify="right")
    for name, value in metrics.items():
        if isinstance(value, int | float | np.number):
            table.add_row(name, f"{value:,.4g}" if isinstance(value, float) else f"{value:,}")
    return table
