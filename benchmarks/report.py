"""Results as tables: on the terminal, and in Markdown for the documentation."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks.results import Results
from benchmarks.rows import COSTS, ROWS
from benchmarks.scale import CURVES
from benchmarks.targets import TARGETS
from marl_routing.evaluation.figures import in_short

KEPT = Path(__file__).with_name("results.json")  # the run that the documentation shows
Cells = Sequence[str]

TARGET_HEADING = ("ratio", "median", "target", "met")
FIGURE_HEADING = ("figure", "median", "lowest", "highest", "unit")
COST_HEADING = ("cost against", "size: thousand agent-steps/s")


def kept() -> Results:
    """The run that the documentation shows."""
    return Results.from_json(KEPT.read_text(encoding="utf-8"))


def target_rows(results: Results) -> list[Cells]:
    """One for each target of which something was to be measured."""
    rows: list[Cells] = []
    for target in TARGETS:
        if not {target.row, target.over} & (results.values.keys() | results.missing.keys()):
            continue
        value = target.value(results)
        shown = "not measured" if math.isnan(value) else in_short(value)
        met = {None: "", True: "yes", False: "no"}[target.met(results)]
        rows.append((target.title, shown, target.wanted, met))
    return rows


def figure_rows(results: Results) -> list[Cells]:
    """One for each row but those of the cost curves; with the reason where it is missing."""
    rows: list[Cells] = []
    for name, row in ROWS.items():
        if name in COSTS:
            continue
        if name in results.missing:
            rows.append((row.title, "not measured", "", "", results.missing[name]))
        elif name in results.values:
            seen = results.values[name]
            shown = map(in_short, (results.middle(name), min(seen), max(seen)))
            rows.append((row.title, *shown, row.unit))
    return rows


def cost_rows(results: Results) -> list[Cells]:
    """One for each curve."""
    rows: list[Cells] = []
    for name, curve in CURVES.items():
        points = [
            f"{size:,}: {in_short(results.middle(f'{name}_{size}') / 1000)}"
            for size in curve.sizes
            if f"{name}_{size}" in results.values
        ]
        if points:
            rows.append((curve.axis, "; ".join(points)))
    return rows


def machine_text(results: Results) -> str:
    """Where it was measured, in a sentence or two."""
    machine = "; ".join(f"{key}: {value}" for key, value in results.machine.items())
    peers = "; ".join(f"{name}: {packages}" for name, packages in results.peers.items())
    return f"{machine}.\n\nPeers: {peers}."


def markdown(heading: Cells, rows: Iterable[Cells]) -> str:
    """A Markdown table."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines
    )


def targets_table(results: Results) -> str:
    """In Markdown."""
    return markdown(TARGET_HEADING, target_rows(results))


def figures_table(results: Results) -> str:
    """In Markdown."""
    return markdown(FIGURE_HEADING, figure_rows(results))


def costs_table(results: Results) -> str:
    """In Markdown."""
    return markdown(COST_HEADING, cost_rows(results))


def page(results: Results) -> str:
    """All of it in Markdown."""
    tables = (targets_table(results), figures_table(results), costs_table(results))
    return "\n\n".join([machine_text(results), *tables]) + "\n"


def show(console: Console, results: Results) -> None:
    """All of it on a terminal."""
    console.print(machine_text(results), soft_wrap=True, highlight=False, markup=False)
    for heading, rows in (
        (TARGET_HEADING, target_rows(results)),
        (FIGURE_HEADING, figure_rows(results)),
        (COST_HEADING, cost_rows(results)),
    ):
        table = Table(*heading)
        for row in rows:
            table.add_row(*map(escape, row))
        if rows:
            console.print(table)
