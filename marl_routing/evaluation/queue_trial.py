"""A desk whose queue is solved: how it is simulated, and all that is known of it."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from marl_routing.evaluation.agreement import Number, Samples
from marl_routing.evaluation.compiled import Player
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.fcfs_longest_idle import FcfsLongestIdle
from marl_routing.policies.highest_priority import HighestPriority
from marl_routing.policies.kernels.keys import QUEUE as PLACE_IN_QUEUE
from marl_routing.policies.kernels.rule import EACH_ITS_BEST
from marl_routing.scenario import Scenario, compile_scenario, load_scenario
from marl_routing.scenario.desk import Accept
from marl_routing.theory import Instance, NotSolvedError, Stationary

# An episode: a part to warm up, measured parts, and a last one, after closing.
PARTS, SHORTEST_PART, LONGEST_PART = 16, 2048, 65536  # number, and steps
FORGOTTEN = 6.0  # relaxation times that a part lasts at least


class AskForTheFirst(CompiledPolicy):
    """All agents with a free hand ask for the first ticket, and arbitration decides.

    First come, first served, where those who lose get the next ticket.
    """

    name = "ask_for_the_first"
    matcher = EACH_ITS_BEST
    ranking = (PLACE_IN_QUEUE,)


class QueueTrial:
    """Instances of a solved model, played first come first served, or by priority.

    Times of tickets are those of everybody who came before closing; the desks then finish what they
    have, for to leave out the unfinished would leave out long stays.

    Args:
        scenario: an instance of a solved model; its horizon, warm-up and initial backlog are
            chosen anew.
        instance: which one.
        num_desks: in a lot.
        num_threads: that share them.
    """

    def __init__(
        self, scenario: Scenario, instance: Instance, num_desks: int, num_threads: int = 1
    ) -> None:
        self.model, self.numbers = instance.model, _numbers(scenario, instance)
        self._scenario, self._rule = scenario, policy_for(scenario, instance)
        self.policy = self._rule.name
        hours = [compile_scenario(part) for part in opening_hours(scenario, instance)]
        self._day, self._evening = (Player(part, num_desks, num_threads) for part in hours)
        self.steps = int(hours[-1].rules.desk[0]["horizon_steps"])

    def prepare(self) -> None:
        """Compile."""
        self._day.prepare(self._rule)

    def play(self, seed: int) -> Samples:
        """A lot of desks, of seeds `seed`, `seed + 1`, ..."""
        in_time = self._day.play(self._rule, seed)
        by_ticket = self._evening.carry_on(self._rule, seed, self._day.states)
        over_tickets = _over_tickets(by_ticket, self._evening.states, self._scenario)
        return _over_time(in_time) | over_tickets


def policy_for(scenario: Scenario, instance: Instance) -> CompiledPolicy:
    """Who is served next, and by whom, as the model has it."""
    protocol = scenario.protocol
    assert isinstance(protocol, Accept)  # no model knows of bids
    if instance.by_priority:
        return HighestPriority()
    if protocol.on_conflict == "next_of_category" and len(scenario.categories) == 1:
        return AskForTheFirst()
    return FcfsLongestIdle()


def opening_hours(scenario: Scenario, instance: Instance) -> tuple[Scenario, Scenario]:
    """The desk while it is open, beginning about as full as it is on average; and after closing."""
    part = SHORTEST_PART
    while part < FORGOTTEN * instance.relaxation_steps:
        part *= 2
    if part > LONGEST_PART:
        raise NotSolvedError(
            f"the desk is so near to its capacity that it remembers its beginning for "
            f"{instance.relaxation_steps:.0f} steps, too long to be simulated"
        )
    time = {"time.warm_up_steps": part, "time.horizon_steps": (PARTS - 1) * part}
    backlog = {"arrivals.initial_backlog": round(instance.exact.backlog)}
    nobody = {"process": "poisson", "rate_per_hour": 0.0}
    day = load_scenario(scenario, **time, **backlog)
    return day, load_scenario(day, **{"time.horizon_steps": PARTS * part - 1}, arrivals=nobody)


def _numbers(scenario: Scenario, instance: Instance) -> tuple[Number, ...]:
    """What is known of the desk, times in minutes; nothing simulated yet."""
    exact = dict(_named(instance.exact, scenario))
    limit = dict(_named(instance.limit, scenario)) if instance.limit is not None else {}
    return tuple(
        Number(name, value, limit.get(name, math.nan))
        for name, value in exact.items()
        if not math.isnan(value)
    )


def _named(known: Stationary, scenario: Scenario) -> Iterator[tuple[str, float]]:
    minutes = scenario.time.step_minutes
    yield "backlog, tickets", known.backlog
    yield "queue, tickets", known.queue
    yield "occupancy", known.occupancy
    if len(scenario.agents.names) > 1:
        yield "occupancy of the first agent", known.occupancy
    yield "had to wait, share", known.waited
    yield "wait, minutes", known.wait * minutes
    yield "time open, minutes", known.sojourn * minutes
    for name, sojourn in zip(scenario.priorities, known.sojourn_by_priority, strict=False):
        yield f"time open if {name}, minutes", sojourn * minutes
    yield "abandoned, share", known.abandoned
    yield "dropped, share", known.dropped


def _over_time(kpis: list[dict[str, Any]]) -> Samples:
    """Averages over the measured time."""
    values = {
        "backlog, tickets": [kpi["backlog_mean"] for kpi in kpis],
        "queue, tickets": [kpi["queue_mean"] for kpi in kpis],
        "occupancy": [kpi["occupancy"] for kpi in kpis],
        "occupancy of the first agent": [kpi["occupancy_by_agent"][0] for kpi in kpis],
    }
    return {name: (np.array(row), np.ones(len(row))) for name, row in values.items()}


def _over_tickets(kpis: list[dict[str, Any]], states: Any, scenario: Scenario) -> Samples:
    """Averages over the tickets that came in the measured time."""
    minutes = scenario.time.step_minutes
    came, dropped = (states[name].astype(np.float64) for name in ("kpi_arrivals", "kpi_dropped"))
    admitted = came - dropped
    histograms = states["resolution_by_priority"]
    times = (histograms @ np.arange(histograms.shape[2])) * minutes
    resolved = histograms.sum(axis=2).astype(np.float64)
    open_for = times.sum(axis=1) + states["abandoned_start_wait"] * minutes
    waits = np.array([kpi["wait_to_accept_minutes"] for kpi in kpis])
    samples = {
        "had to wait, share": (1.0 - states["wait_histogram"][:, 0] / admitted, admitted),
        "wait, minutes": (waits, admitted),
        "time open, minutes": (open_for / admitted, admitted),
        "abandoned, share": (states["kpi_abandoned"] / came, came),
        "dropped, share": (dropped / came, came),
    }
    for i, name in enumerate(scenario.priorities):
        mean = times[:, i] / np.maximum(resolved[:, i], 1.0)
        samples[f"time open if {name}, minutes"] = mean, resolved[:, i]
    return samples
