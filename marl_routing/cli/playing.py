"""Playing the episodes of a comparison under a progress bar, as many as a precision takes."""

from typing import Annotated

import typer

from marl_routing.cli.console import (
    INTERRUPTED,
    compile_episodes,
    err,
    progress_bar,
    read_percentage,
)
from marl_routing.evaluation import Comparison, compare
from marl_routing.evaluation.precision import MOST
from marl_routing.policies import BidPolicy, Policy
from marl_routing.scenario import Scenario

EpisodesOption = Annotated[
    int, typer.Option(min=1, help="Episodes a policy; with --precision the first ones.")
]
PrecisionOption = Annotated[
    str | None,
    typer.Option(help="Play until each policy's mean reward is known to this, such as 1%."),
]
MostOption = Annotated[
    int, typer.Option("--most-episodes", help="With --precision: never more than these.")
]
ThreadsOption = Annotated[
    int, typer.Option(min=1, help="Threads; more than one pay on idle cores only.")
]


def share(precision: str | None) -> float | None:
    """`1%` as 0.01.

    Raises:
        ValueError: if it is no percentage.
    """
    return None if precision is None else read_percentage(precision)


def play_all(
    desk: Scenario,
    rules: list[Policy | BidPolicy],
    episodes: int,
    seed: int,
    threads: int,
    precision: float | None = None,
    most_episodes: int = MOST,
) -> Comparison:
    """Compile what the policies need, and compare; the arguments are `evaluation.compare`'s."""
    compile_episodes(desk, *rules)
    steps_an_episode = len(rules) * desk.time.horizon_steps
    try:
        with progress_bar() as bar:
            task = bar.add_task(desk.name, total=None)
            return compare(
                desk,
                rules,
                episodes,
                seed,
                precision=precision,
                most_episodes=most_episodes,
                num_threads=threads,
                progress=lambda policy, steps: bar.update(task, advance=steps, description=policy),
                planned=lambda episodes: bar.update(task, total=episodes * steps_an_episode),
            )
    except KeyboardInterrupt:
        err.print("Interrupted before any policy was finished.")
        raise typer.Exit(INTERRUPTED) from None
