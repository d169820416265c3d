"""`marl-routing bench`, on the rows that are quick."""

from pathlib import Path

import pytest

from benchmarks.results import Results
from marl_routing.cli import bench
from tests.cli.calls import invoke, refused


def test_bench_prints_and_saves(tmp_path: Path) -> None:
    result = invoke("bench", "--rows", "parallel", "--repetitions", "2", "--out", str(tmp_path))
    assert result.exit_code == 0
    assert "one parallel env" in result.stdout
    assert "not measured" in result.stdout  # what its targets compare it with
    results = Results.from_json((tmp_path / "results.json").read_text())
    assert list(results.values) == ["parallel"]
    assert min(results.values["parallel"]) > 1000
    assert len(results.values["parallel"]) == 2
    assert results.machine["repetitions"] == "2"
    assert "| one parallel env |" in (tmp_path / "results.md").read_text()


def test_bench_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    assert "not 'fly'" in refused("bench", "--rows", "fly", "--out", str(tmp_path))
    assert "not 'no-such'" in refused("bench", "--against", "no-such", "--out", str(tmp_path))
    taken = tmp_path / "taken"
    taken.write_text("")
    assert "taken" in refused("bench", "--rows", "parallel", "--out", str(taken))


def test_bench_says_that_it_needs_a_clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "CHECKOUT", tmp_path)
    assert "clone of the repository" in refused("bench")
