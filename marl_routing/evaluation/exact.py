"""Simulated numbers of a desk beside those that are known exactly."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from marl_routing.evaluation.agreement import Array, Check, Number
from marl_routing.evaluation.compiled import Player
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.fcfs_longest_idle import FcfsLongestIdle
from marl_routing.policies.highest_priority import HighestPriority
from marl_routing.policies.kernels.keys import QUEUE as PLACE_IN_QUEUE
from marl_routing.policies.kernels.rule import EACH_ITS_BEST
from marl_routing.scenario import Scenario, compile_scenario, list_exact_desks, load_scenario
from marl_routing.scenario.desk import Accept
from marl_routing.theory import Instance, NotSolvedError, Stationary, instance_of

PRECISION = 0.01
DESKS = 64  # simulated at once
MOST_DESKS = 128 * DESKS
AGAIN = 4  # a desk that seems off is simulated so much longer: chance fades, faults do not

# An episode: a part to warm up, measured parts, and a last one, after closing.
PARTS, SHORTEST_PART, LONGEST_PART = 16, 2048, 65536  # number, and steps
FORGOTTEN = 6.0  # relaxation times that a part lasts at least

Samples = dict[str, tuple[Array, Array]]  # values, weights


class AskForTheFirst(CompiledPolicy):
    """All agents with a free hand ask for the first ticket, and arbitration decides.

    First come, first served, where those who lose get the next ticket.
    """

    name = "ask_for_the_first"
    matcher = EACH_ITS_BEST
    ranking = (PLACE_IN_QUEUE,)


def solved_desks() -> list[Scenario]:
    """The exact desks that are instances of solved models: of the others costs are known."""
    desks = list[Scenario]()
    for desk in map(load_scenario, list_exact_desks()):
        with suppress(NotSolvedError):
            instance_of(desk)
            desks.append(desk)
    return desks


def require_checkable(desks: Sequence[Scenario], precision: float) -> None:
    """Refuse what `check_desk` would refuse, before any work.

    Raises:
        ValueError: in one sentence.
    """
    if not 0.0 < precision < 1.0:
        raise ValueError(
            f"precision: expected a share above 0 and below 1 (0.01 is 1 %), not {precision}"
        )
    for desk in desks:
        _hours(desk, instance_of(desk))


def check_desk(
    scenario: str | Path | Scenario,
    seed: int = 0,
    precision: float = PRECISION,
    *,
    num_threads: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Check:
    """Simulate a desk until 3 standard errors of each number are within the precision.

    If a number then disagrees, the desk is simulated four times as long and judged again: what
    chance has done fades, what a fault does stands out the more.

    Times of tickets are those of everybody who came before closing; the desks then finish what they
    have, for to leave out the unfinished would leave out long stays.

    Args:
        scenario: an instance of a solved model; its horizon, warm-up and initial backlog are
            chosen anew.
        seed: chooses the tickets, together with the scenario: no two desks meet the same.
        precision: as a share of the exact value.
        num_threads: threads that share the desks; the results do not depend on it.
        progress: told after each lot of desks what share of those needed is probably done.

    Raises:
        NotSolvedError: if it is no such instance, in one sentence.
    """
    scenario = load_scenario(scenario)
    require_checkable([scenario], precision)
    instance = instance_of(scenario)
    policy, numbers = policy_for(scenario, instance), _numbers(scenario, instance)
    hours = [compile_scenario(part) for part in _hours(scenario, instance)]
    day, evening = (Player(parameters, DESKS, num_threads) for parameters in hours)
    steps = int(hours[-1].rules.desk[0]["horizon_steps"])
    first, enough = seed + crc32(scenario.to_yaml().encode()), 0
    for desks in range(DESKS, MOST_DESKS + 1, DESKS):
        in_time = day.play(policy, first)
        by_ticket = evening.carry_on(policy, first, day.states)
        samples = _over_time(in_time) | _over_tickets(by_ticket, evening.states, scenario)
        for number in numbers:
            number.add(*samples[number.name])
        first += DESKS
        check = Check(scenario.name, instance, policy.name, precision, desks, steps, numbers)
        if check.is_sharp:
            enough = enough or (1 if check.agrees else AGAIN) * desks
        if enough and desks >= enough:
            break
        if progress is not None:
            progress(min((precision / number.noise) ** 2 for number in numbers if number.noise))
    return check


def prepare_check(scenario: Scenario) -> None:
    """Compile what `check_desk` needs: seconds for each new set of sizes, later read from disk."""
    instance = instance_of(scenario)
    day, _ = _hours(scenario, instance)
    Player(compile_scenario(day), num_envs=1).prepare(policy_for(scenario, instance))


def policy_for(scenario: Scenario, instance: Instance) -> CompiledPolicy:
    """Who is served next, and by whom, as the model has it."""
    protocol = scenario.protocol
    assert isinstance(protocol, Accept)  # no model knows of bids
    if instance.by_priority:
        return HighestPriority()
    if protocol.on_conflict == "next_of_category" and len(scenario.categories) == 1:
        return AskForTheFirst()
    return FcfsLongestIdle()


def _hours(scenario: Scenario, instance: Instance) -> tuple[Scenario, Scenario]:
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
