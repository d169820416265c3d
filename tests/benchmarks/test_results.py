"""From measured values to targets and tables."""

import math
import re
from pathlib import Path

import pytest

from benchmarks import plot, report
from benchmarks.results import Results
from benchmarks.rows import ROWS, chosen
from benchmarks.targets import TARGETS, Target

RESULTS = Results(
    machine={"processor": "some"},
    peers={"simpy_desk": "simpy==1"},
    values={"batch_256": [10.0, 40.0, 90.0], "oracle": [1.0, 4.0, 3.0], "cost_batch_16": [2e6]},
    missing={"simpy": "not installed: ERROR: No matching | distribution"},
)


def test_a_ratio_is_the_median_of_the_repetitions_ratios() -> None:
    assert RESULTS.middle("batch_256") == 40.0
    assert RESULTS.ratio("batch_256", "oracle") == 10.0
    assert Target("", "batch_256", "oracle").value(RESULTS) == 10.0
    assert Target("", "batch_256").value(RESULTS) == 40.0
    assert math.isnan(Target("", "batch_256", "simpy").value(RESULTS))


def test_a_target_is_met_from_its_own_value_on() -> None:
    def met(**limit: float) -> bool | None:
        return Target("", "batch_256", "oracle", **limit).met(RESULTS)

    assert [met(least=10), met(least=10.1), met(most=10), met(most=9.9), met()] == [
        True, False, True, False, None,
    ]  # fmt: skip
    assert Target("", "batch_256", "simpy", least=1).met(RESULTS) is None


def test_targets_name_rows() -> None:
    assert {target.row for target in TARGETS} <= ROWS.keys()
    assert {target.over for target in TARGETS} - {None} <= ROWS.keys()


def test_the_tables_show_what_was_measured_and_why_something_was_not() -> None:
    page = report.page(Results.from_json(RESULTS.to_json()))
    assert page == report.page(RESULTS)
    assert "| batch of 256 over plain Python | 10 | >= 250 | no |" in page
    assert "| M/M/10 over SimPy, tickets | not measured | >= 50 |  |" in page
    assert "| plain-Python desk | 3 | 1 | 4 | agent-steps/s |" in page
    assert "not installed: ERROR: No matching / distribution |" in page
    assert "| desks in a batch | 16: 2,000 |" in page
    assert "simple_spread" not in page.split("Peers")[1]


def test_rows_are_chosen_by_name_and_pattern() -> None:
    assert chosen("*") == list(ROWS)
    assert chosen("oracle, batch_*") == ["batch_1024", "batch_256", "batch_64", "oracle"]
    with pytest.raises(ValueError, match="not 'batch'"):
        chosen("oracle,batch")


def test_the_curves_are_drawn(tmp_path) -> None:
    pytest.importorskip("matplotlib")
    plot.draw(RESULTS, tmp_path / "cost.svg")
    assert "<svg" in (tmp_path / "cost.svg").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["cost.svg"]


def test_the_page_names_the_targets_that_are_not_met(root: Path) -> None:
    """With the reason; what is met since is to be deleted."""
    page = (root / "docs" / "performance.md").read_text(encoding="utf-8")
    section = page.split("## Targets not met\n")[1].split("\n## ")[0]
    named = re.findall(r"^- \*\*(.+?)\*\*: .{60}", section, re.MULTILINE)
    results = report.kept()
    assert named == [target.title for target in TARGETS if target.met(results) is False]
