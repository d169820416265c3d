"""`--report`: a comparison as a page of HTML."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from marl_routing.cli.console import (
    INTERRUPTED,
    err,
    progress_bar,
    refusing_bad_input,
)
from marl_routing.cli.saving import require_writable
from marl_routing.evaluation import Comparison
from marl_routing.evaluation.learning_curve import LearningCurve
from marl_routing.evaluation.recording import Recording, record
from marl_routing.policies import BidPolicy, Policy
from marl_routing.report import RECORDED, Material, report_page, require_libraries
from marl_routing.scenario import Scenario
from marl_routing.scenario.writing import write_file

ReportOption = Annotated[
    Path | None, typer.Option("--report", help="Write a page to read and print, such as out.html.")
]


class Report:
    """The page that a command is asked for, if it is.

    Args:
        path: where it will stand; none is asked for without.
        desk: the scenario.
        named: how the command named it, if it did.

    Raises:
        ValueError, OSError: the page could not be made, or not be saved, after the work.
    """

    def __init__(self, path: Path | None, desk: Scenario, named: str | None) -> None:
        self.path, self.desk, self.named = path, desk, named
        if path is None:
            return
        require_libraries()
        require_writable(path, "--report")

    def save(
        self,
        rules: Sequence[Policy | BidPolicy],
        result: Comparison,
        evaluated: str | None = None,
    ) -> None:
        """Look at some of the episodes in detail, and write the page.

        Args:
            rules: the policies that were to be compared.
            result: of those that were finished.
            evaluated: the policy that the page is about (default: the best).
        """
        if self.path is None:
            return
        rules = [rule for rule in rules if rule.name in result.samples]
        shown = [one.policy for one in Material(self.desk, result, {}, evaluated).shown]
        try:
            recordings = self._record([rule for rule in rules if rule.name in shown], result)
        except KeyboardInterrupt:
            err.print("Interrupted: no report was written.")
            raise typer.Exit(INTERRUPTED) from None
        curve = LearningCurve.of(Path(evaluated.partition(":")[0])) if evaluated else None
        material = Material(self.desk, result, recordings, evaluated, curve)
        with refusing_bad_input():
            page = report_page(material, rules, self._command(rules, result, evaluated))
            write_file(self.path, page)
        err.print(f"Saved {self.path}.", soft_wrap=True, highlight=False)

    def _record(
        self, rules: Sequence[Policy | BidPolicy], result: Comparison
    ) -> dict[str, Recording]:
        """The first episodes of each policy, under a progress bar."""
        episodes, recordings = min(RECORDED, result.episodes), dict[str, Recording]()
        with progress_bar() as bar:
            total = len(rules) * episodes * self.desk.time.horizon_steps
            task = bar.add_task("report", total=total)
            for rule in rules:
                recordings[rule.name] = record(
                    self.desk,
                    rule,
                    episodes,
                    result.seed,
                    progress=lambda steps: bar.update(task, advance=steps),
                )
        return recordings

    def _command(
        self, rules: Sequence[Policy | BidPolicy], result: Comparison, evaluated: str | None
    ) -> str:
        """What makes the page anew."""
        names = [rule.name for rule in rules if rule.name != evaluated]
        desk = [] if self.named is None else [self.named]
        start = ["compare", *desk, "--policies"]
        if evaluated is not None:
            start = ["evaluate", evaluated, *desk, "--against"]
        return "marl-routing " + shlex.join(
            [
                *start,
                ",".join(names),
                "--episodes",
                str(result.episodes),
                "--seed",
                str(result.seed),
                "--report",
                self.path.name if self.path is not None else "",
            ]
        )
