"""What a comparison is printed as, and the files that it leaves behind."""

import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from marl_routing.cli.console import WIDE, err, leave_unfinished, make_writable, refusing_bad_input
from marl_routing.cli.report import Report
from marl_routing.cli.table import comparison_table, group_tables
from marl_routing.evaluation import Comparison
from marl_routing.policies import BidPolicy, Policy
from marl_routing.scenario import Scenario
from marl_routing.scenario.writing import write_file

FolderOption = Annotated[
    Path | None, typer.Option("--out", help="Save the results in this folder.")
]


class Results:
    """Where a command is asked to save a comparison, if it is.

    Args:
        folder: for its numbers and tables.
        page: file of its report.
        desk: the scenario.
        named: how the command named it, if it did.

    Raises:
        ValueError, OSError: something could not be saved, after the work.
    """

    def __init__(
        self, folder: Path | None, page: Path | None, desk: Scenario, named: str | None
    ) -> None:
        self.folder = folder
        if folder is not None:
            make_writable(folder)
        self.report = Report(page, desk, named)

    def save(
        self,
        rules: Sequence[Policy | BidPolicy],
        result: Comparison,
        evaluated: str | None = None,
    ) -> None:
        """Save what is asked for, and leave if the comparison was interrupted.

        Args:
            rules, result, evaluated: as of `Report.save`.
        """
        if self.folder is not None:
            with refusing_bad_input():
                _save(result, self.folder)
        self.report.save(rules, result, evaluated)
        leave_unfinished(result.unfinished)


def print_result(result: Comparison, page: Console) -> None:
    """The tables, and what was found in one sentence."""
    for table in (comparison_table(result), *group_tables(result)):
        page.print(table)
    page.print(result.headline(), soft_wrap=True, highlight=False)
    if result.precision is not None:
        page.print(result.precision_reached(), soft_wrap=True, highlight=False)


def _save(result: Comparison, folder: Path) -> None:
    """The numbers as JSON, the table as text."""
    scenario = re.sub(r"[^\w.-]+", "_", result.scenario)
    stem = f"compare-{scenario}-{result.episodes}-episodes-seed-{result.seed}"
    numbers = folder / f"{stem}.json"
    write_file(numbers, json.dumps(result.to_json(), indent=2) + "\n")
    page = Console(width=WIDE, file=io.StringIO(), record=True)
    print_result(result, page)
    write_file(folder / f"{stem}.txt", page.export_text())
    err.print(f"Saved {numbers} and its table (.txt).", soft_wrap=True, highlight=False)
