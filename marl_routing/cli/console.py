"""What all commands share: plain refusals, JSON, a progress bar."""

import json
import re
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from marl_routing.evaluation import prepare, prepare_steps
from marl_routing.evaluation.figures import plain
from marl_routing.evaluation.protocol import WrongShapeError
from marl_routing.policies import BidPolicy, Policy
from marl_routing.scenario import Scenario, compile_scenario

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130  # exit codes

ScenarioArgument = Annotated[str, typer.Argument(help="A shipped scenario's name, or a path.")]
DeskArgument = Annotated[
    str, typer.Argument(help="A shipped scenario's name, or a path; or triage, the triage view.")
]
SeedOption = Annotated[int, typer.Option(min=0, help="Seed of the (first) episode.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]

PoliciesOption = Annotated[
    str | None,
    typer.Option(help="Comma-separated, name or name:parameter=value; all if left out."),
]

WIDE = 180  # columns of a table that no terminal limits

err = Console(stderr=True)


def out() -> Console:
    """Stdout: as wide as its terminal, or wide when it goes to a file or a pipe."""
    return Console(width=None if sys.stdout.isatty() else WIDE)


def refuse(sentence: str) -> NoReturn:
    """Say what is wrong with the input on stderr and leave."""
    typer.echo(f"Error: {sentence}", err=True)
    raise typer.Exit(BAD_INPUT)


@contextmanager
def refusing_bad_input(
    errors: tuple[type[Exception], ...] = (ValueError, OSError),
) -> Iterator[None]:
    """Turn what the library says of bad input into a refusal; nothing else belongs in the block."""
    try:
        yield
    except errors as error:
        refuse(" ".join(str(error).split()))


def make_writable(folder: Path) -> None:
    """Find out before the work whether its results can be saved."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder):
        pass


def read_percentage(text: str) -> float:
    """`1%` as 0.01; what else a precision may be is refused."""
    match = re.fullmatch(r"(\d+\.?\d*) ?%", text)
    if match is None:
        raise ValueError(f"precision: expected a percentage such as 1%, not {text!r}")
    return float(match[1]) / 100.0


def read_names(text: str) -> list[str]:
    """Names that stand between commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def leave_unfinished(names: Sequence[str]) -> None:
    """If an interruption left anything out, say what, and leave."""
    if names:
        err.print(f"Interrupted: {', '.join(names)} not finished.")
        raise typer.Exit(INTERRUPTED)


def print_json(data: Any) -> None:
    """JSON on stdout; what is not a finite number is null."""
    typer.echo(json.dumps(plain(data), indent=2))


def compile_episodes(scenario: Scenario, *policies: Policy | BidPolicy) -> None:
    """Compile what whole episodes of policies need: once, later it is read from disk."""
    with refusing_bad_input():
        compile_scenario(scenario)
    with compiling():
        for policy in policies:
            with refusing_bad_input((WrongShapeError,)):
                prepare(scenario, policy)


def compile_desk(scenario: Scenario, policy: Policy | BidPolicy) -> None:
    """Compile what desks of these sizes and a policy need: once, later it is read from disk."""
    with refusing_bad_input():
        compile_scenario(scenario)
    with compiling(), refusing_bad_input((WrongShapeError,)):
        prepare_steps(scenario, policy)


@contextmanager
def compiling() -> Iterator[None]:
    """Ctrl-C ends the process at once: the compiler would swallow it and fail afterwards."""
    if err.is_terminal:
        err.print("Preparing the desk (about ten seconds for each new set of sizes) ...")
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def progress_bar() -> Progress:
    """A bar on stderr that disappears when it is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, transient=True)
