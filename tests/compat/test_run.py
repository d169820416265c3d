"""The runner: what it keeps of a library that trains, and of one that does not."""

from pathlib import Path

import pytest

from benchmarks.contender import MissingError
from tests.compat import __main__ as runner
from tests.compat.libraries import Library
from tests.compat.results import Result, kept

TOLD = """
import sys
steps = int(sys.argv[sys.argv.index("--steps") + 1]) if "--steps" in sys.argv else 10
print(sys.argv[1:])
print(f"{steps} agent-steps in 2.50 s, 1.25 s of this processor")
"""


def library(**settings: object) -> Library:
    return Library(
        name="some",
        title="Some",
        packages=("numpy",),
        face="",
        masks="",
        example="some",
        **{"steps": 500} | settings,
    )


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the examples are looked for."""
    monkeypatch.setattr(runner, "EXAMPLES", tmp_path)
    monkeypatch.setattr(runner, "BY_NAME", {"some": library()})
    return tmp_path


def test_a_library_that_trains(place: Path) -> None:
    (place / "some.py").write_text(TOLD)
    path = place / "kept.json"
    assert runner.main([], path) == 0
    result = kept(path)["some"]
    assert (result.status, result.agent_steps, result.training_seconds) == ("trains", 500, 2.5)
    assert result.processor_seconds == 1.25
    assert result.rate == 200
    assert result.versions.keys() == {"numpy", "Python"}


def test_one_that_fails_says_why_and_replaces_its_last_result(place: Path) -> None:
    path = place / "kept.json"
    (place / "some.py").write_text("raise RuntimeError('no desk')")
    runner.keep("other", Result("2026-01-01", {}, "a machine", "trains"), path)
    runner.keep("some", Result("2026-01-01", {}, "a machine", "trains"), path)
    assert runner.main(["some"], path) == 1
    results = kept(path)
    assert list(results) == ["other", "some"]
    assert results["some"].status == "fails: RuntimeError: no desk"
    assert results["some"].rate is None
    assert results["other"].status == "trains"
    (place / "some.py").write_text("print('done')")
    assert "last line" in runner.result_of(library()).status


def test_one_with_pins_runs_in_an_environment_of_its_own(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def install(*arguments: object) -> Path:
        asked.append(arguments)
        raise MissingError("not installed: no such version")

    monkeypatch.setattr(runner, "install", install)
    result = runner.result_of(library(pins=("some==1.0",)))
    assert result.status == "fails: not installed: no such version"
    assert asked == [("some", ("some==1.0", "-e", str(runner.ROOT)), runner.ROOT / ".compat")]
