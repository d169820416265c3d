"""Episodes in detail: what their KPIs alone do not hold, for plots."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.kpis import report
from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.evaluation.compiled import Player, is_compiled
from marl_routing.evaluation.episodes import Progress
from marl_routing.evaluation.protocol import decide, require_fit
from marl_routing.policies import BidPolicy, Policy
from marl_routing.scenario import Scenario, compile_scenario

MOST_CLOCKS = 96  # at which the backlog is looked at: a point every five minutes of a working day


@dataclass(frozen=True)
class Recording:
    """Some episodes of one policy.

    Attributes:
        clocks: (T,) int64 steps at which the backlog was looked at, from 0 to the horizon.
        backlog: (T, E) int32 open tickets.
        tickets: measured tickets of all episodes.
        waits: (bins,) int64 of these, by whole steps from arrival to the first accept, the last bin
            holding longer ones too; what was never accepted is in none.
        occupancy: (E, A) float64, nan for agents who were never there.
    """

    clocks: NDArray[np.int64]
    backlog: NDArray[np.int32]
    tickets: int
    waits: NDArray[np.int64]
    occupancy: NDArray[np.float64]

    @property
    def episodes(self) -> int:
        """E."""
        return len(self.occupancy)


def record(
    scenario: Scenario,
    policy: Policy | BidPolicy,
    episodes: int,
    seed: int = 0,
    *,
    progress: Progress | None = None,
) -> Recording:
    """Play episodes of seeds `seed`, `seed + 1`, ..., those of `rollout`, and look on.

    Args:
        scenario: the desk.
        policy: chooses every agent's action.
        episodes: played side by side, so rather few.
        seed: of the first episode.
        progress: called with the desk-steps just done.
    """
    require_fit(policy, scenario)
    parameters, horizon = compile_scenario(scenario), scenario.time.horizon_steps
    every = -(-horizon // MOST_CLOCKS)
    clock, clocks, backlog = 0, list[int](), list[NDArray[np.int32]]()
    for steps, states in _parts(scenario, policy, episodes, seed, every):
        clock += steps
        if progress is not None:
            progress(steps * episodes)
        clocks.append(clock)
        backlog.append(states["num_open"].copy())
    kpis = [report(state, parameters) for state in states]
    return Recording(
        np.array(clocks),
        np.array(backlog),
        sum(episode["tickets"] for episode in kpis),
        states["wait_histogram"].sum(axis=0, dtype=np.int64),
        np.array([episode["occupancy_by_agent"] for episode in kpis], np.float64),
    )


def _parts(
    scenario: Scenario, policy: Policy | BidPolicy, episodes: int, seed: int, every: int
) -> Iterator[tuple[int, NDArray[Any]]]:
    """The steps just played, 0 first, and the desks' records after them."""
    if is_compiled(policy):
        player = Player(compile_scenario(scenario), episodes)
        for steps in player.play_in_parts(policy, seed, every):
            yield steps, player.states
        return
    desks, horizon = DeskBatch(scenario, episodes, autoreset=False), scenario.time.horizon_steps
    desks.reset(seed=seed)
    policy.reset(seed)
    yield 0, desks.states
    for step in range(0, horizon, every):
        steps = min(every, horizon - step)
        for _ in range(steps):
            desks.step(decide(policy, desks))
        yield steps, desks.states
