"""`marl-routing calibrate`: a ticket log becomes a scenario."""

import math
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from marl_routing.calibration import CalibrationReport
from marl_routing.calibration import calibrate as calibrate_log
from marl_routing.cli.console import (
    JsonOption,
    SeedOption,
    err,
    out,
    print_json,
    refuse,
    refusing_bad_input,
)
from marl_routing.evaluation.seeds import TEST
from marl_routing.scenario.time import WEEKDAYS

BLOCK = 4  # hours of a column


def calibrate(
    log: Annotated[
        Path, typer.Argument(help="CSV, CSV.gz or Parquet, one row a ticket or update.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Scenario file to write.")],
    log_format: Annotated[
        str, typer.Option("--format", help="auto, servicenow, zendesk, freshdesk or jira.")
    ] = "auto",
    columns: Annotated[
        list[str] | None, typer.Option("--map", help="FIELD=COLUMN; may be given several times.")
    ] = None,
    categories: Annotated[int, typer.Option(min=1, help="Categories kept by name.")] = 8,
    team: Annotated[int, typer.Option(min=1, help="Resolvers modelled.")] = 20,
    as_trace: Annotated[
        bool, typer.Option("--as-trace", help="Replay exactly the team's logged tickets.")
    ] = False,
    source: Annotated[str, typer.Option(help="Where the log comes from, for the comments.")] = "",
    episodes: Annotated[int, typer.Option(min=1, help="Simulated episodes.")] = 16,
    seed: SeedOption = TEST,
    as_json: JsonOption = False,
) -> None:
    """Fit a scenario to a ticket log, and show the log beside the simulated scenario."""
    mapping = _read_mapping(columns or [])
    with refusing_bad_input(), err.status("Starting ...") as status:
        report = calibrate_log(
            log,
            output=output,
            format=log_format,
            mapping=mapping,
            top_categories=categories,
            team_size=team,
            as_trace=as_trace,
            source=source,
            episodes=episodes,
            seed=seed,
            progress=status.update,
        )
    if as_json:
        print_json(report.to_dict())
    else:
        _print(report)


def _read_mapping(settings: list[str]) -> dict[str, str]:
    mapping = {}
    for setting in settings:
        field, sign, column = setting.partition("=")
        if not (field and sign and column):
            refuse(f"--map: expected FIELD=COLUMN, not {setting!r}")
        mapping[field] = column
    return mapping


def _print(report: CalibrationReport) -> None:
    table = Table("", "", title=f"{report.output.stem}: log against scenario", box=SIMPLE_HEAD)
    for heading in ("log, fitted weeks", "log, held-out weeks", f"simulated ({report.policy})"):
        table.add_column(heading, justify="right")
    group = ""
    for row in report.comparison:
        heading = "" if row.group == group else row.group
        group = row.group
        table.add_row(heading, row.name, *map(_cell, (row.fitted, row.held_out, row.simulated)))
    console = out()
    console.print(table)
    console.print(_week_table(report))
    for note in report.notes:
        console.print(note, soft_wrap=True, highlight=False)
    for reason, count in report.skipped.items():
        console.print(f"Skipped {count:,}: {reason}", soft_wrap=True, highlight=False)
    files = [str(path) for path in (report.output, report.trace) if path is not None]
    summary = (
        f"Wrote {' and '.join(files)} from {report.tickets:,} tickets in {report.rows:,} rows."
    )
    console.print(summary, soft_wrap=True, highlight=False)


def _week_table(report: CalibrationReport) -> Table:
    """Arrivals around the week, in blocks of four hours; each hour stands in the JSON."""
    title = f"tickets an hour, log (fitted weeks) / simulated ({report.policy})"
    table = Table("", title=title, box=SIMPLE_HEAD)
    for hour in range(0, 24, BLOCK):
        table.add_column(f"{hour:02d}-{hour + BLOCK:02d}", justify="right")
    rates = [(row.fitted, row.simulated) for row in report.hour_of_week]
    blocks = np.array(rates, np.float64).reshape(7, 24 // BLOCK, BLOCK, 2).mean(axis=2)
    for day, pairs in zip(WEEKDAYS, blocks.tolist(), strict=True):
        table.add_row(day, *(" / ".join(map(_cell, pair)) for pair in pairs))
    return table


def _cell(value: float | None) -> str:
    return "-" if value is None or not math.isfinite(value) else f"{value:,.4g}"
