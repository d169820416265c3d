"""`marl-routing bench`: speed, against targets and against other simulators."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from marl_routing.cli.console import make_writable, refuse, refusing_bad_input

CHECKOUT = Path(__file__).parents[2]
RUNS = Path("runs")


def bench(
    out: Annotated[Path, typer.Option(help="Folder for results and picture.")] = RUNS / "bench",
    repetitions: Annotated[int, typer.Option(min=1, help="Of each figure, in turn.")] = 5,
    rows: Annotated[
        str, typer.Option(help="Comma-separated names of figures; * stands for anything.")
    ] = "*",
    environments: Annotated[
        Path, typer.Option(help="Folder where other simulators are installed, once.")
    ] = RUNS / "bench-env",
    against: Annotated[
        str | None, typer.Option(metavar="REV", help="Only this: a git revision beside this one.")
    ] = None,
) -> None:
    """Measure speed: targets, other simulators, cost against size. In a checkout only."""
    if not (CHECKOUT / "benchmarks" / "run.py").exists():
        refuse(
            "bench: expected an installation from a clone of the repository (pip install -e .), "
            f"where benchmarks/ stands beside the package, not {Path(__file__).parents[1]}"
        )
    sys.path.insert(0, str(CHECKOUT))
    runner: Any = import_module("benchmarks.run")
    with refusing_bad_input():
        if against is not None:
            against = runner.commit_of(against)
        names = runner.chosen(rows)
        make_writable(out)
    if against is not None:
        runner.beside(against, repetitions)
    else:
        runner.bench(names, repetitions, out, environments)
