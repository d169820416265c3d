"""What a calibration found: a plain record that the command line prints."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


class LogError(ValueError):
    """A ticket log that cannot be used; the message is one sentence that says why."""


@dataclass(frozen=True)
class Row:
    """One line of the comparison; a side that has no such figure is None.

    Attributes:
        group: what kind of figure: arrivals, mix, backlog, resolution, sla, share or hour_of_week.
        name: the figure, with its unit.
        fitted: in the weeks of the log that the scenario was fitted to.
        held_out: in the last weeks of the log, which the fit never saw.
        simulated: in the scenario, run with `CalibrationReport.policy`.
    """

    group: str
    name: str
    fitted: float | None
    held_out: float | None
    simulated: float | None


@dataclass(frozen=True)
class CalibrationReport:
    """Outcome of `calibrate`.

    Attributes:
        output: the scenario file written.
        trace: the trace file beside it, if the tickets are replayed.
        format: name of the export format used.
        columns: field -> column of the log that it was read from.
        rows: rows in the log.
        tickets: tickets understood.
        skipped: reason -> rows or tickets left out because of it.
        notes: sentences a reader of the scenario should know.
        policy: the routing policy behind the simulated figures.
        comparison: log against simulated scenario.
        hour_of_week: likewise, arrivals in each of the 168 hours.
    """

    output: Path
    trace: Path | None
    format: str
    columns: dict[str, str]
    rows: int
    tickets: int
    skipped: dict[str, int]
    notes: tuple[str, ...]
    policy: str
    comparison: tuple[Row, ...]
    hour_of_week: tuple[Row, ...]

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        plain = asdict(self)
        plain["output"] = str(self.output)
        plain["trace"] = None if self.trace is None else str(self.trace)
        return plain
