"""The command line: one command a file."""

import io
import sys

import typer

from marl_routing.cli import (
    bench,
    calibrate,
    collect,
    compare,
    evaluate,
    export,
    gap,
    leaderboard,
    run,
    scenarios,
    train,
    tune,
    validate,
)

app = typer.Typer(
    name="marl-routing",
    help="Simulate a customer-support desk and compare ways of routing its tickets.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def accept_any_encoding() -> None:
    """Where a terminal or a pipe has no ± or █, write ? instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


app.command()(run.run)
app.command()(compare.compare)
app.command()(evaluate.evaluate)
app.command()(gap.gap)
app.command()(tune.tune)
app.command()(train.train)
app.command()(export.export)
app.command()(collect.collect)
app.command()(calibrate.calibrate)
app.command()(validate.validate)
app.command()(leaderboard.leaderboard)
app.command()(bench.bench)
app.add_typer(scenarios.app, name="scenarios")

__all__ = ["app"]
