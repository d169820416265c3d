"""The table of libraries agrees with the examples, the pins and what the last runs found."""

import ast
from datetime import date
from pathlib import Path

import pytest

from marl_routing.training.adapters import ADAPTERS
from tests.compat.libraries import BY_NAME, LIBRARIES, Library
from tests.compat.results import TRAINS, kept


def test_every_trial_of_the_examples_is_in_the_table(root: Path) -> None:
    trials = {
        path.stem
        for path in (root / "examples").glob("*.py")
        if "marl_routing.training.trial" in path.read_text()
    }
    assert {library.example for library in LIBRARIES} == trials
    assert len(BY_NAME) == len(LIBRARIES)


def test_every_library_was_run_and_trained() -> None:
    results = kept()
    assert results.keys() == BY_NAME.keys()
    for name, result in results.items():
        assert result.status == TRAINS, name
        assert date.fromisoformat(result.date) <= date.today()
        assert result.rate is not None
        assert result.rate > 100
        assert result.agent_steps is not None
        assert result.agent_steps > 0.9 * BY_NAME[name].steps


@pytest.mark.parametrize("name", BY_NAME)
def test_it_was_run_with_the_versions_that_are_pinned(root: Path, name: str) -> None:
    library, versions = BY_NAME[name], kept()[name].versions
    lines = library.pins or (root / "constraints.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if "==" in line)
    pinned = {_plain(package): version for package, version in pins.items()}
    assert versions.keys() == {*library.packages, "Python"}
    assert _plain(library.packages[0]) in pinned
    for package in library.packages:
        assert versions[package].split("+")[0] == pinned.get(_plain(package), versions[package])


def test_adapters_ask_for_what_was_run() -> None:
    pins = {pin for library in LIBRARIES for pin in library.pins}
    wanted = {wanted for _, wanted in ADAPTERS.values() if not wanted.startswith("marl-routing[")}
    assert wanted
    assert wanted <= pins


@pytest.mark.parametrize("library", [library for library in LIBRARIES if library.pins])
def test_examples_that_run_elsewhere_are_trials(root: Path, library: Library) -> None:
    """They compile, end with the trial, and know the options that they are run with."""
    source = (root / "examples" / f"{library.example}.py").read_text()
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    (call,) = (node for node in calls if getattr(node.func, "id", "") == "trial")
    choices = {f"--{keyword.arg}" for keyword in call.keywords}
    assert choices >= {option for option in library.options if option.startswith("--")}


def _plain(package: str) -> str:
    """`ray[rllib]` is ray, and `sb3_contrib` is sb3-contrib."""
    return package.split("[")[0].lower().replace("_", "-")
