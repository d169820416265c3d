"""Calibration: a help desk's own ticket log becomes a scenario."""

from collections.abc import Callable, Mapping
from pathlib import Path

from marl_routing.calibration.report import CalibrationReport, LogError, Row

__all__ = ["CalibrationReport", "LogError", "Row", "calibrate"]


def calibrate(
    log: str | Path,
    *,
    output: str | Path,
    format: str = "auto",
    mapping: Mapping[str, str] | None = None,
    top_categories: int = 8,
    team_size: int = 20,
    as_trace: bool = False,
    source: str = "",
    episodes: int = 16,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> CalibrationReport:
    """Fit a scenario to a ticket log, write it, and compare the two.

    The last quarter of the weeks is held out: the fit never sees it, the comparison shows it.

    Args:
        log: CSV, CSV.gz or Parquet file; one row a ticket, or one row an update of a ticket.
        output: scenario file to write (YAML).
        format: auto, servicenow, zendesk, freshdesk or jira.
        mapping: field -> column of the log, where the format's own names do not fit.
        top_categories: categories kept by name, the others become `other`.
        team_size: resolvers modelled, those with most tickets; only their tickets are modelled.
        as_trace: replay exactly the team's logged tickets (a CSV file beside the scenario) instead
            of drawing tickets from fitted rates.
        source: where the log comes from; stands in the scenario's comments.
        episodes: simulated episodes behind the targets and the comparison.
        seed: of the first episode.
        progress: told in words what is being done.

    Returns:
        What was read, what was assumed, and the log beside the simulated scenario.

    Raises:
        LogError: the log cannot be used; one sentence says why.
    """
    try:
        import polars  # noqa: F401
    except ImportError as error:
        raise LogError(
            "reading logs needs polars: pip install 'marl-routing[calibration]'"
        ) from error
    from marl_routing.calibration.pipeline import run

    counts = {"top_categories": top_categories, "team_size": team_size, "episodes": episodes}
    if Path(output).suffix not in (".yaml", ".yml"):
        raise LogError(f"output: expected a .yaml file, got {str(output)!r}")
    for name, count in counts.items():
        if count < 1:
            raise LogError(f"{name}: expected at least 1, got {count}")
    return run(
        Path(log),
        Path(output),
        format,
        mapping or {},
        top_categories=top_categories,
        team_size=team_size,
        as_trace=as_trace,
        source=source,
        episodes=episodes,
        seed=seed,
        progress=progress or _ignore,
    )


def _ignore(message: str) -> None:
    """Nobody listens."""
