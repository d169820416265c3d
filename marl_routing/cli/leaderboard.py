"""`marl-routing leaderboard`: all policies on the benchmark suite."""

from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from marl_routing.cli.console import (
    INTERRUPTED,
    JsonOption,
    compiling,
    err,
    out,
    print_json,
    progress_bar,
    read_names,
    refusing_bad_input,
)
from marl_routing.cli.playing import ThreadsOption
from marl_routing.cli.saving import require_writable
from marl_routing.evaluation import prepare
from marl_routing.evaluation.suite import SUITE, Kept, Standings, Task, play_suite
from marl_routing.evaluation.suite.page import page_of, to_json
from marl_routing.evaluation.suite.playing import Turn, forget_dropped, turns
from marl_routing.scenario.writing import write_file

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
    threads: ThreadsOption = 1,
    page: Annotated[
        Path, typer.Option("--out", help="The page; its results are kept beside it as .json.")
    ] = PAGE,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin new results: forget those kept, play all.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Play the benchmark suite and write its leaderboard; what is kept and unchanged stays."""
    results = page.with_suffix(".json")
    with refusing_bad_input():
        _require_files(page, results)
        kept = Kept(episodes) if fresh else Kept.load(results, episodes)
        names = _names("policies", policies)
        missing = turns(kept, _tasks(scenarios), names, submit or ())
    if names is None:
        forget_dropped(kept)
    try:
        _play(kept, missing, threads, results)
    except KeyboardInterrupt:
        again = "run it again without --fresh" if fresh else "run it again"
        err.print(f"Interrupted; what is finished is kept in {results}: {again} to go on.")
        raise typer.Exit(INTERRUPTED) from None
    with refusing_bad_input():
        standings = Standings(kept)
        text = page_of(standings)
        write_file(results, kept.to_json())
        write_file(page, text)
    if as_json:
        print_json(to_json(standings))
    else:
        out().print(f"Wrote {page} and {results}.", soft_wrap=True, highlight=False)


def _require_files(page: Path, results: Path) -> None:
    if page == results:
        raise ValueError(f"--out: expected a page such as board.md, and {page} keeps the results")
    for path in (page, results):
        require_writable(path, "--out")


def _tasks(scenarios: str | None) -> list[Task]:
    """Those of the suite that are asked for, or all."""
    names = _names("scenarios", scenarios)
    if names is None:
        return list(SUITE)
    known = {name: task for task in SUITE for name in (task.scenario, task.page)}
    for name in names:
        if name not in known:
            expected = ", ".join(task.scenario for task in SUITE)
            raise ValueError(f"scenarios: expected some of {expected}, not {name!r}")
    return list(dict.fromkeys(known[name] for name in names))


def _names(option: str, text: str | None) -> list[str] | None:
    if text is None:
        return None
    names = read_names(text)
    if not names:
        raise ValueError(f"{option}: expected names, separated by commas, not {text!r}")
    return names


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
