"""Whole episodes of a scenario under one plain policy, counted the way the log is counted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.batch import Batch
from marl_routing.policies import load_policy
from marl_routing.scenario import Scenario, compile_scenario
from marl_routing.scenario.time import HOURS_A_WEEK

POLICY = "fcfs_longest_idle"  # what a desk does that has no rule: next ticket, next free agent
ASSUMED_ATTAINMENT = 0.8  # where the log does not tell it

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Simulation:
    """What happened, over all episodes.

    Attributes:
        step_minutes: length of a step.
        hourly_arrivals: (168,) tickets an hour, nan where no episode reaches.
        mean_open, most_open: open tickets over all steps.
        dropped: tickets turned away for want of room.
        resolutions: (P, bins) tickets resolved after so many steps.
        by_category, by_agent: (C,), (A,) tickets resolved.
    """

    step_minutes: float
    hourly_arrivals: Array
    mean_open: float
    most_open: int
    dropped: int
    resolutions: NDArray[np.int64]
    by_category: NDArray[np.int64]
    by_agent: NDArray[np.int64]


def simulate(scenario: Scenario, episodes: int, seed: int) -> Simulation:
    """Play episodes of `POLICY`, seeds `seed`, `seed + 1`, ..."""
    desks = Batch(compile_scenario(scenario), episodes, autoreset=False)
    policy = load_policy(POLICY)
    desks.reset(seed=seed)
    policy.reset(seed)
    time = scenario.time
    clocks = time.start.minute_of_week + time.step_minutes * np.arange(time.horizon_steps)
    hours = (clocks // 60).astype(np.int64) % HOURS_A_WEEK
    arrived = np.zeros(time.horizon_steps + 1)
    still_open = np.zeros((time.horizon_steps, episodes), np.int64)
    for step in range(time.horizon_steps):
        desks.step(policy.act(desks.view(), desks.action_masks))
        arrived[step + 1] = desks.states["arrivals"].sum()
        still_open[step] = desks.states["num_open"]
    tickets = np.bincount(hours, weights=np.diff(arrived), minlength=HOURS_A_WEEK)
    duration = np.bincount(hours, minlength=HOURS_A_WEEK) * (episodes * time.step_minutes / 60)
    states = desks.states
    return Simulation(
        step_minutes=time.step_minutes,
        hourly_arrivals=np.divide(
            tickets, duration, out=np.full(HOURS_A_WEEK, np.nan), where=duration > 0
        ),
        mean_open=float(still_open.mean()),
        most_open=int(still_open.max()),
        dropped=int(states["dropped"].sum()),
        resolutions=states["resolution_by_priority"].sum(axis=0, dtype=np.int64),
        by_category=states["resolution_by_category"].sum(axis=(0, 2), dtype=np.int64),
        by_agent=states["resolved_by"].sum(axis=0, dtype=np.int64),
    )


def solve_targets(simulation: Simulation, attainment: Array) -> tuple[Array, Array]:
    """Resolution targets that the simulated tickets meet as often as the logged ones.

    The target of a priority is the whole number of steps, at least one, whose share of simulated
    tickets resolved in time is nearest to the attainment logged (`ASSUMED_ATTAINMENT` where nan).
    Neither the targets nor the room in the queue change what `POLICY` does, so one simulation is
    enough.

    Returns:
        (P,) targets in minutes, and (P,) attainments reached.
    """
    goals = np.where(np.isnan(attainment), ASSUMED_ATTAINMENT, attainment)
    steps, reached = np.empty(len(goals)), np.empty(len(goals))
    for priority, goal in enumerate(goals):
        histogram = simulation.resolutions[priority]
        if not histogram.any():  # too rare to be simulated: as if it were any other ticket
            histogram = simulation.resolutions.sum(axis=0)
        in_time = np.cumsum(histogram)[1:] / max(1, histogram.sum())
        nearest = int(np.abs(in_time - goal).argmin())
        steps[priority], reached[priority] = 1 + nearest, in_time[nearest]
    return steps * simulation.step_minutes, reached
