"""`marl-routing leaderboard`: all policies on the benchmark suite."""

from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from marl_routing.calibration.write import write_file
from marl_routing.cli.console import (
    INTERRUPTED,
    JsonOption,
    compiling,
    err,
    out,
    print_json,
    progress_bar,
    refusing_bad_input,
)
from marl_routing.evaluation import prepare
from marl_routing.evaluation.suite import SUITE, Kept, Standings, Task, play_suite
from marl_routing.evaluation.suite.page import page_of, to_json
from marl_routing.evaluation.suite.playing import Turn, turns

PAGE = Path("docs/leaderboard.md")


def leaderboard(
    policies: Annotated[
        str | None, typer.Option(help="Comma-separated, to play only these; all if left out.")
    ] = None,
    scenarios: Annotated[
        str | None, typer.Option(help="Comma-separated, to play only these of the suite.")
    ] = None,
    submit: Annotated[
        list[str] | None,
        typer.Option(help="A policy of your own: my_module.MyPolicy, with :parameter=value."),
    ] = None,
    episodes: Annotated[int, typer.Option(min=2, help="Episodes a policy and scenario.")] = 128,
    threads: Annotated[
        int, typer.Option(min=1, help="Threads; more than one pay on idle cores only.")
    ] = 1,
    page: Annotated[
        Path, typer.Option("--out", help="The page; its results are kept beside it as .json.")
    ] = PAGE,
    as_json: JsonOption = False,
) -> None:
    """Play the benchmark suite and write its leaderboard; what is kept and unchanged stays."""
    results = page.with_suffix(".json")
    with refusing_bad_input():
        kept = Kept.load(results, episodes)
        missing = turns(kept, _tasks(scenarios), _names(policies), submit or ())
    try:
        _play(kept, missing, threads, results)
    except KeyboardInterrupt:
        err.print(f"Interrupted; what is finished is kept in {results}: run it again to go on.")
        raise typer.Exit(INTERRUPTED) from None
    with refusing_bad_input():
        standings = Standings(kept)
        text = page_of(standings)
        write_file(page, text)
    if as_json:
        print_json(to_json(standings))
    else:
        out().print(f"Wrote {page} and {results}.", soft_wrap=True, highlight=False)


def _tasks(scenarios: str | None) -> list[Task]:
    """Those of the suite that are asked for, or all."""
    names = _names(scenarios)
    known = {task.scenario: task for task in SUITE}
    for name in names or ():
        if name not in known:
            raise ValueError(f"scenarios: expected some of {', '.join(known)}, not {name!r}")
    return [known[name] for name in names] if names is not None else list(SUITE)


def _names(text: str | None) -> list[str] | None:
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


def _play(kept: Kept, missing: list[Turn], threads: int, results: Path) -> None:
    """Scenario by scenario compile, and play what is missing; each result is saved at once."""
    steps = [turn.episodes * turn.scenario.time.horizon_steps for turn in missing]
    with progress_bar() as bar:
        task = bar.add_task("", total=sum(steps))
        for _, group in groupby(missing, key=lambda turn: turn.task):
            here = list(group)
            with compiling():
                for turn in here:
                    prepare(turn.scenario, turn.policy)
            play_suite(
                kept,
                here,
                num_threads=threads,
                progress=lambda turn, done: bar.update(
                    task, advance=done, description=f"{turn.task.scenario} {turn.policy.name}"
                ),
                save=lambda kept: write_file(results, kept.to_json()),
            )
