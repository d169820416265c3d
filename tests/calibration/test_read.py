"""Reading logs: every export, every trap."""

import gzip
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from marl_routing.calibration import LogError
from marl_routing.calibration.read import Column, read_log
from tests.calibration import logs

Writer = Callable[[Path, Iterable[logs.Ticket]], Path]
TICKETS = logs.make_tickets(weeks=1)


def texts(column: Column) -> list[str]:
    """What the codes stand for."""
    return [column.names[code] if code >= 0 else "" for code in column.codes]


@pytest.mark.parametrize(
    ("writer", "format"),
    [
        (logs.servicenow, "servicenow"),
        (logs.zendesk, "zendesk"),
        (logs.zendesk_api, "zendesk"),
        (logs.freshdesk, "freshdesk"),
        (logs.jira, "jira"),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_every_export_gives_the_same_tickets(
    tmp_path: Path, writer: Writer, format: str, suffix: str
) -> None:
    log = read_log(writer(tmp_path / f"log{suffix}", TICKETS), "auto", {})
    assert log.format == format
    assert log.skipped == {}
    ordered = sorted(TICKETS, key=lambda t: t.opened)
    assert log.opened.tolist() == [t.opened for t in ordered]
    assert sorted(log.resolved.tolist()) == sorted(t.resolved for t in TICKETS)
    for column, field in ((log.agent, "agent"), (log.category, "category")):
        assert sorted(texts(column)) == sorted(getattr(t, field) for t in TICKETS)
    if "made_sla" in log.columns:
        assert log.made_sla.sum() == sum(t.made_sla for t in TICKETS)
    else:
        assert np.isnan(log.made_sla).all()


def test_a_log_of_updates_counts_rows_and_keeps_the_last(tmp_path: Path) -> None:
    log = read_log(logs.servicenow(tmp_path / "log.csv", TICKETS), "servicenow", {})
    assert log.rows == 2 * len(TICKETS)
    assert len(log.opened) == len(TICKETS)
    assert "" not in texts(log.category)  # the first rows say "?"


def test_parquet_with_real_types(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "number": [1, 2],
            "opened_at": [TICKETS[0].opened, TICKETS[1].opened],
            "resolved_at": [TICKETS[0].resolved, None],
            "resolved_by": ["Ada", None],
            "category": ["Login", "Login"],
            "made_sla": [True, False],
        }
    )
    frame.write_parquet(tmp_path / "log.parquet")
    log = read_log(tmp_path / "log.parquet", "auto", {})
    assert log.resolved.tolist() == [TICKETS[0].resolved, None]
    assert log.made_sla.tolist() == [1.0, 0.0]
    assert texts(log.agent) == ["Ada", ""]


def test_bad_rows_are_counted_explained_and_skipped(tmp_path: Path) -> None:
    header = ("number", "opened_at", "resolved_at", "resolved_by", "category")
    rows = [
        ("1", "1/3/2024 10:00", "1/3/2024 11:00", "Ada", "Login"),
        ("", "1/3/2024 10:00", "1/3/2024 11:00", "Ada", "Login"),
        ("2", "?", "1/3/2024 11:00", "Ada", "Login"),
        ("3", "long ago", "1/3/2024 11:00", "Ada", "Login"),
        ("4", "1/3/2024 10:00", "soon", "Ada", "Login"),
        ("5", "2/3/2024 10:00", "1/3/2024 11:00", "Ada", "Login"),
        ("6", "2/3/2024 10:00", "?", "?", "?"),
        ("7", "2/3/2024 10:00"),
        ("8", "2/3/2024 10:00", "2/3/2024 11:00", "Ada", "Login", "beyond", "the header"),
    ]
    log = read_log(logs.write_csv(tmp_path / "log.csv", header, rows), "servicenow", {})
    assert log.rows == 9
    assert log.skipped == {
        "row without a ticket id": 1,
        "ticket without a creation date": 1,
        "ticket whose creation date cannot be read": 1,
        "ticket whose resolution date cannot be read": 1,
        "ticket resolved before it was created": 1,
    }
    assert len(log.opened) == 4
    assert texts(log.agent) == ["Ada", "", "", "Ada"]
    assert np.isnat(log.resolved).tolist() == [False, True, True, False]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators(tmp_path: Path, separator: str) -> None:
    path = logs.zendesk(tmp_path / "log.csv", TICKETS)
    path.write_text(path.read_text().replace(",", separator))
    assert len(read_log(path, "zendesk", {}).opened) == len(TICKETS)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="no such log file"):
        read_log(tmp_path / "log.csv", "auto", {})


def test_empty_file(tmp_path: Path) -> None:
    (tmp_path / "log.csv").touch()
    with pytest.raises(LogError, match=r"log\.csv: the log is empty"):
        read_log(tmp_path / "log.csv", "auto", {})


def test_header_alone(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="a header but no rows"):
        read_log(logs.zendesk(tmp_path / "log.csv", []), "auto", {})


def test_truncated_gzip(tmp_path: Path) -> None:
    path = logs.zendesk(tmp_path / "log.csv.gz", TICKETS)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(LogError, match="the gzip file is cut short or damaged"):
        read_log(path, "auto", {})


def test_not_a_gzip(tmp_path: Path) -> None:
    (tmp_path / "log.csv.gz").write_text("Id,Created at\n1,2024-01-01 00:00\n")
    with pytest.raises(LogError, match="the gzip file is cut short or damaged"):
        read_log(tmp_path / "log.csv.gz", "auto", {})


def test_empty_gzip(tmp_path: Path) -> None:
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress(b""))
    with pytest.raises(LogError, match="the log is empty"):
        read_log(tmp_path / "log.csv.gz", "auto", {})


def test_not_a_parquet_file(tmp_path: Path) -> None:
    (tmp_path / "log.parquet").write_text("Id,Created at\n")
    with pytest.raises(LogError, match=r"log\.parquet: the log cannot be read"):
        read_log(tmp_path / "log.parquet", "auto", {})


def test_not_text_at_all(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(bytes(range(256)) * 40)
    with pytest.raises(LogError):
        read_log(tmp_path / "log.csv", "auto", {})
