"""The numbers a desk reports, from its record."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.conversation_kpis import conversation_kpis
from marl_routing.core.parameters import Parameters
from marl_routing.core.ratio import ratio
from marl_routing.core.record import DYNAMIC_COUNTERS, NOT_PENDING, QUEUED, WAS_ASKED
from marl_routing.core.terms import AGENT_TERMS, DESK_TERMS

_NAN = float("nan")


def gini(values: NDArray[Any]) -> float:
    """Gini coefficient of non-negative values: 0 when all are equal."""
    total = float(values.sum())
    if total == 0.0:
        return 0.0
    ranks = np.arange(1, len(values) + 1)
    return float((2 * ranks - len(values) - 1) @ np.sort(values) / (len(values) * total))


def _minutes(histogram: NDArray[Any], step_minutes: float, prefix: str) -> dict[str, float]:
    """Mean and quantiles of a histogram of whole steps, in minutes."""
    count = int(histogram.sum())
    steps = np.arange(len(histogram))
    mean = ratio(float(histogram @ steps), count) * step_minutes
    numbers = {f"{prefix}_mean": mean}
    cumulative = np.cumsum(histogram)
    for name, share in (("median", 0.5), ("p90", 0.9), ("p95", 0.95)):
        step = int(np.searchsorted(cumulative, share * count)) if count else _NAN
        numbers[f"{prefix}_{name}"] = step * step_minutes
    return numbers


def count_tickets(state: Any) -> dict[str, int]:
    """The whole episode's tickets.

    arrivals + initial + reopened = resolved + abandoned + dropped + open.
    """
    return {
        "arrivals": int(state["arrivals"]),
        "initial": int(state["initial"]),
        "reopened": int(state["reopened"]) if "reopened" in state.dtype.names else 0,
        "resolved": int(state["resolved"]),
        "abandoned": int(state["abandoned"]),
        "dropped": int(state["dropped"]),
        "open": int(state["num_open"]),
    }


def _waits(state: Any, minutes: float, talks: bool) -> dict[str, float]:
    """Waiting of tickets accepted (begun) or given up; and without those given up."""
    accepted, started = int(state["kpi_accepted"]), int(state["kpi_started"])
    left, unaccepted = int(state["kpi_abandoned"]), int(state["abandoned_unaccepted"])
    if talks:
        left -= int(state["kpi_talked_away"])  # these were begun
    accept_wait, start_wait = int(state["accept_wait"]), int(state["start_wait"])
    left_accept, left_start = (
        int(state["abandoned_accept_wait"]),
        int(state["abandoned_start_wait"]),
    )
    return {
        "wait_to_accept_minutes": minutes * ratio(accept_wait + left_accept, accepted + unaccepted),
        "wait_to_accept_minutes_accepted": minutes * ratio(accept_wait, accepted),
        "wait_to_start_minutes": minutes * ratio(start_wait + left_start, started + left),
        "wait_to_start_minutes_started": minutes * ratio(start_wait, started),
    }


def _sla(state: Any, by_priority: NDArray[Any], first_breached: int) -> dict[str, float]:
    first_met = int(state["first_met"])
    first_all = first_met + first_breached + int(state["first_lost"])
    met = int(state["met"].sum())
    breached, lost = int(by_priority.sum()), int(state["lost"].sum())
    return {
        "sla_first_response": ratio(first_met, first_all),
        "sla_resolution": ratio(met, met + breached + lost),
        "breaches": float(breached + int(state["kpi_dropped"])),
        "first_response_breaches": float(first_breached),
    }


def _breached(state: Any, parameters: Parameters) -> tuple[NDArray[Any], int]:
    """Missed resolution targets by priority, and missed first responses.

    On dynamic desks the record counts only tickets that left; the late ones among the open join.
    """
    breached, first_breached = state["breached"].copy(), int(state["kpi_first_breached"])
    if not parameters.sizes.dynamic:
        return breached, first_breached
    rules = parameters.rules.desk[0]
    tickets, life = state["tickets"], state["life"]
    paused = (life["pending"] != NOT_PENDING) & (rules["sla_pauses"] != 0)
    since = life["pending_since"] + (life["pending"] == WAS_ASKED)
    clock = np.where(paused, since - 1, state["step"])  # the last clock at which a deadline passed
    counted = _are_open(state) & (tickets["arrived"] >= rules["warm_up_steps"])
    late = counted & (life["original_due"] <= clock)
    np.add.at(breached, life["original_priority"][late], 1)
    unanswered = counted & (tickets["served"] == 0) & (life["original_first_due"] <= clock)
    return breached, first_breached + int(unanswered.sum())


def _are_open(state: Any) -> NDArray[np.bool_]:
    """(tickets,): which places of the record hold an open ticket."""
    taken = np.ones(len(state["tickets"]), np.bool_)
    taken[state["free"][: state["num_free"]]] = False
    are_open: NDArray[np.bool_] = taken & (state["tickets"]["holder"] >= QUEUED)
    return are_open


def _team(state: Any, parameters: Parameters) -> dict[str, Any]:
    present = state["shift_steps"] * parameters.rules.desk[0]["concurrency"]
    empty = np.full(len(present), _NAN)
    occupancy = np.divide(state["busy"], present, out=empty, where=present > 0)
    return {
        "occupancy": ratio(float(occupancy[present > 0].sum()), int((present > 0).sum())),
        "occupancy_by_agent": occupancy.tolist(),
        "resolved_by_agent": state["resolved_by"].tolist(),
        "load_gini": gini(state["busy"]),
        "expertise_match": ratio(float(state["match"]), int(state["kpi_accepted"])),
    }


def _dynamics(state: Any, minutes: float) -> dict[str, Any]:
    counts = {name: int(state[name]) for name in DYNAMIC_COUNTERS}
    pendings, steps = counts.pop("pendings"), counts.pop("pending_steps")
    moved = counts["released"] + counts["transferred"] + counts["reassigned"]
    moved += int(state["handed_over"]) + int(state["requeued"])
    return {
        **counts,
        "reopen_rate": ratio(counts["reopened"], int(state["resolved"])),
        "transfer_rate": ratio(moved, int(state["accepts"])),
        "pending_minutes": minutes * ratio(steps, pendings),
    }


def _breakdown(
    state: Any, parameters: Parameters, minutes: float, breaches: NDArray[Any]
) -> dict[str, Any]:
    by_priority = {}
    for i, name in enumerate(parameters.priority_names):
        met, breached, lost = int(state["met"][i]), int(breaches[i]), int(state["lost"][i])
        by_priority[name] = {
            "sla_resolution": ratio(met, met + breached + lost),
            **_minutes(state["resolution_by_priority"][i], minutes, "resolution_minutes"),
        }
    by_category = {
        name: _minutes(state["resolution_by_category"][i], minutes, "resolution_minutes")
        for i, name in enumerate(parameters.category_names)
    }
    return {"by_priority": by_priority, "by_category": by_category}


def headline(state: Any, parameters: Parameters) -> dict[str, float]:
    """The few numbers cheap enough for every step."""
    minutes = float(parameters.rules.desk[0]["step_minutes"])
    histogram = state["resolution_by_priority"].sum(axis=0)
    return {
        "avg_resolution_time": minutes
        * ratio(float(histogram @ np.arange(len(histogram))), int(state["kpi_resolved"])),
        "sla_attainment": _sla(state, *_breached(state, parameters))["sla_resolution"],
        "backlog": float(state["num_open"]),
        "occupancy": ratio(
            int(state["busy"].sum()),
            int(state["shift_steps"] @ parameters.rules.desk[0]["concurrency"]),
        ),
        "arrivals": float(state["arrivals"]),
        "resolved": float(state["resolved"]),
        "abandoned": float(state["abandoned"]),
        "dropped": float(state["dropped"]),
        "illegal_actions": float(state["illegal_actions"]),
    }


def report(state: Any, parameters: Parameters) -> dict[str, Any]:
    """Every KPI of one desk.

    Tickets that arrived after the warm-up and time after it count; numbers without a case are nan.

    Args:
        state: the desk's record.
        parameters: its scenario.

    Returns:
        name to number; `by_priority`, `by_category` and the `_by_agent` lists hold the details.
    """
    minutes = float(parameters.rules.desk[0]["step_minutes"])
    steps = int(state["measured_steps"])
    tickets = int(state["kpi_arrivals"])
    resolved, abandoned = int(state["kpi_resolved"]), int(state["kpi_abandoned"])
    dropped = int(state["kpi_dropped"])
    reward = float(state["reward"].sum())
    breaches, first_breaches = _breached(state, parameters)
    numbers: dict[str, Any] = {
        "tickets": tickets,
        "resolved": resolved,
        "abandoned": abandoned,
        "dropped": dropped,
        "unfinished": tickets - resolved - abandoned - dropped,
        "abandonment": ratio(abandoned, tickets),
        "drop_rate": ratio(dropped, tickets),
        "backlog_mean": ratio(int(state["open_area"]), steps),
        "queue_mean": ratio(int(state["queue_area"]), steps),
        "backlog_end": int(state["num_open"]),
        **_waits(state, minutes, parameters.sizes.talks),
        **_minutes(state["resolution_by_priority"].sum(axis=0), minutes, "resolution_minutes"),
        **_sla(state, breaches, first_breaches),
        **_team(state, parameters),
        "lost_accepts": int(state["lost_accepts"]),
        "illegal_actions": int(state["illegal_actions"]),
        "context_switches": int(state["context_switches"]),
        "handed_over": int(state["handed_over"]),
        "requeued": int(state["requeued"]),
        **(_dynamics(state, minutes) if parameters.sizes.dynamic else {}),
        **(conversation_kpis(state, parameters) if parameters.sizes.talks else {}),
        "reward": reward,
        "reward_per_step": ratio(reward, steps),
    }
    for name, total in zip((*AGENT_TERMS, *DESK_TERMS), state["term_sums"], strict=True):
        numbers[f"term_{name}"] = float(total)
    numbers["term_sla_breach"] += numbers.pop("term_unheld_breach")
    return (
        numbers
        | {"arrivals": int(state["arrivals"]), "initial": int(state["initial"])}
        | (_breakdown(state, parameters, minutes, breaches))
    )
