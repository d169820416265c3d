"""Read a ticket log (CSV, CSV.gz or Parquet) into one row a ticket, in bounded memory."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from marl_routing.calibration.dates import read_dates
from marl_routing.calibration.formats import FIELDS, find_columns
from marl_routing.calibration.report import LogError

MISSING = ("", "?", "-", "null", "none", "n/a", "nan")
_MET = ("true", "yes", "1", "met", "within sla")
_MISSED = ("false", "no", "0", "breached", "missed", "sla violated", "violated")


@dataclass(frozen=True)
class Column:
    """Texts as codes: `codes` (n,) int32 points into `names`, -1 where missing."""

    names: tuple[str, ...]
    codes: NDArray[np.int32]


@dataclass(frozen=True)
class TicketLog:
    """Tickets in order of creation.

    Attributes:
        opened: (n,) datetime64[m].
        resolved: (n,) datetime64[m], NaT where not resolved.
        agent, category, priority: what the log says, as codes.
        made_sla: (n,) float64, 1 met, 0 missed, nan unknown.
        format, columns, rows, skipped: see `CalibrationReport`.
    """

    opened: NDArray[np.datetime64]
    resolved: NDArray[np.datetime64]
    agent: Column
    category: Column
    priority: Column
    made_sla: NDArray[np.float64]
    format: str
    columns: dict[str, str]
    rows: int
    skipped: dict[str, int]


def read_log(path: Path, format: str, mapping: Mapping[str, str]) -> TicketLog:
    """Read a log; rows that cannot be used are counted by reason and left out."""
    try:
        frame = _scan(path)
        header = frame.collect_schema().names()
        name, columns = find_columns(header, format, mapping)
        raw, rows, nameless = _last_rows(frame, columns)
    except (OSError, EOFError, pl.exceptions.PolarsError) as error:
        raise LogError(_explain(path, error)) from error
    if not rows:
        raise LogError(f"{path.name}: the log has a header but no rows")
    tickets, skipped = _parse(raw)
    if nameless:
        skipped = {"row without a ticket id": nameless} | skipped
    return _to_log(tickets, name, columns, rows, skipped)


def _scan(path: Path) -> pl.LazyFrame:
    if not path.is_file():
        raise LogError(f"{path}: no such log file")
    if path.suffix == ".parquet":
        return pl.scan_parquet(path)
    # Repeated column names are renamed by polars (the first keeps its name); a byte order mark is
    # dropped; cells beyond the header are cut off.
    return pl.scan_csv(
        path,
        separator=_separator(path),
        infer_schema=False,
        truncate_ragged_lines=True,
        encoding="utf8-lossy",
    )


def _separator(path: Path) -> str:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        header = file.readline(1 << 20)
    return max((",", ";", "\t"), key=lambda mark: header.count(mark.encode()))


def _last_rows(frame: pl.LazyFrame, columns: dict[str, str]) -> tuple[pl.DataFrame, int, int]:
    """Each ticket's last row (logs of updates repeat a ticket), all rows and rows without an id."""
    texts = frame.select(_text(column).alias(field) for field, column in columns.items())
    last = (
        texts.group_by("id")
        .agg(pl.len().alias("rows"), pl.exclude("id").last())
        .collect(engine="streaming")
    )
    rows = int(last["rows"].sum())
    nameless = int(last.filter(pl.col("id").is_null())["rows"].sum())
    return last.filter(pl.col("id").is_not_null()).drop("rows"), rows, nameless


def _text(column: str) -> pl.Expr:
    text = pl.col(column).cast(pl.String).str.strip_chars()
    return pl.when(~text.str.to_lowercase().is_in(MISSING)).then(text)


def _parse(raw: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Dates and outcomes as values; tickets that make no sense counted and left out."""
    absent = [pl.lit(None, pl.String).alias(field) for field in FIELDS if field not in raw.columns]
    dates = read_dates(raw["opened"], raw["resolved"])
    tickets = raw.with_columns(*absent, opened_date=dates[0], resolved_date=dates[1])
    opened, resolved = pl.col("opened_date"), pl.col("resolved_date")
    faults = {
        "ticket without a creation date": pl.col("opened").is_null(),
        "ticket whose creation date cannot be read": opened.is_null(),
        "ticket whose resolution date cannot be read": resolved.is_null()
        & pl.col("resolved").is_not_null(),
        "ticket resolved before it was created": (resolved < opened).fill_null(False),
    }
    skipped = {}
    for reason, fault in faults.items():
        kept = tickets.filter(~fault)
        if kept.height < tickets.height:
            skipped[reason] = tickets.height - kept.height
        tickets = kept
    return tickets.sort("opened_date", "id"), skipped


def _to_log(
    tickets: pl.DataFrame, format: str, columns: dict[str, str], rows: int, skipped: dict[str, int]
) -> TicketLog:
    return TicketLog(
        opened=tickets["opened_date"].to_numpy().astype("datetime64[m]"),
        resolved=tickets["resolved_date"].to_numpy().astype("datetime64[m]"),
        agent=_encode(tickets["agent"]),
        category=_encode(tickets["category"]),
        priority=_encode(tickets["priority"]),
        made_sla=_outcomes(tickets["made_sla"]),
        format=format,
        columns=columns,
        rows=rows,
        skipped=skipped,
    )


def _encode(texts: pl.Series) -> Column:
    names = texts.drop_nulls().unique().sort()
    codes = texts.cast(pl.Enum(names)).to_physical().cast(pl.Int32).fill_null(-1)
    return Column(tuple(names), codes.to_numpy())


def _outcomes(texts: pl.Series) -> NDArray[np.float64]:
    """1, 0 or nan. A time left or spent counts as met, a time below zero as missed (Jira)."""
    text = pl.col(texts.name).str.to_lowercase()
    missed = text.is_in(_MISSED) | text.str.starts_with("-")
    met = text.is_in(_MET) | text.str.contains(r"^\d+\s*(?:h|m|:)")
    value = pl.when(missed).then(0.0).when(met).then(1.0)
    return texts.to_frame().select(value.fill_null(np.nan)).to_series().to_numpy()


def _explain(path: Path, error: Exception) -> str:
    if isinstance(error, pl.exceptions.NoDataError):
        return f"{path.name}: the log is empty"
    if isinstance(error, OSError | EOFError) and path.suffix == ".gz":
        return f"{path.name}: the gzip file is cut short or damaged ({error})"
    return f"{path.name}: the log cannot be read ({str(error).splitlines()[0]})"
