"""`marl-routing bench`: measures the rows in turn, and says which targets are met."""

from pathlib import Path

from rich.progress import track

from benchmarks import plot, report
from benchmarks.against import commit_of, compare
from benchmarks.contender import MissingError
from benchmarks.machine import machine, peers
from benchmarks.results import Results
from benchmarks.rows import ROWS, Take, chosen
from marl_routing.cli.console import err, out
from marl_routing.scenario.writing import write_file

__all__ = ["bench", "beside", "chosen", "commit_of"]


def bench(names: list[str], repetitions: int, folder: Path, environments: Path) -> None:
    """Measure, print the tables, and write results.json, results.md and cost.svg.

    Args:
        names: of rows.
        repetitions: of each row, all rows in turn.
        folder: for the files.
        environments: folder where peers are installed.
    """
    where = machine(repetitions)
    missing: dict[str, str] = {}
    ready = prepare(names, environments, missing)
    values = measure(ready, repetitions, missing)
    results = Results(where, peers(), values, missing)
    report.show(out(), results)
    write_file(folder / "results.json", results.to_json())
    write_file(folder / "results.md", report.page(results))
    try:
        plot.draw(results, folder / "cost.svg")
    except MissingError as error:
        err.print(f"No cost.svg: {error}", soft_wrap=True, highlight=False, markup=False)
    err.print(f"Saved in {folder}.", soft_wrap=True, highlight=False)


def prepare(names: list[str], environments: Path, missing: dict[str, str]) -> dict[str, Take]:
    """Compile, install and build; what cannot be had here goes to `missing`, with the reason."""
    ready = {}
    for name in track(names, "Preparing (peers are installed once)", console=err):
        try:
            ready[name] = ROWS[name].build(environments)
        except MissingError as error:
            missing[name] = str(error)
        except ImportError as error:
            missing[name] = f"{error}: pip install 'marl-routing[bench]'"
    return ready


def measure(
    ready: dict[str, Take], repetitions: int, missing: dict[str, str]
) -> dict[str, list[float]]:
    """Every row once a repetition; one that stops working goes to `missing`."""
    values: dict[str, list[float]] = {name: [] for name in ready}
    for _ in track(range(repetitions), "Measuring", console=err):
        for name in list(values):
            try:
                values[name].append(ready[name]())
            except MissingError as error:
                missing[name] = str(error)
                del values[name]
    return values


def beside(revision: str, repetitions: int) -> None:
    """Print this checkout's core figure beside another revision's."""
    for name, value in compare(revision, repetitions).items():
        out().print(f"{name}: {value:,.4g}", highlight=False)
