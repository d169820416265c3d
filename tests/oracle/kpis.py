"""The numbers that an oracle desk reports, worked out from the life of every ticket."""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from tests.oracle import attainment
from tests.oracle.attainment import Verdict
from tests.oracle.tickets import Agent, Ticket

if TYPE_CHECKING:
    from tests.oracle.desk import OracleDesk

EVENTS = (
    "initial",
    "arrivals",
    "resolved",
    "abandoned",
    "dropped",
    "accepts",
    "lost_accepts",
    "illegal_actions",
    "context_switches",
    "handed_over",
    "requeued",
)

DYNAMIC_EVENTS = (
    "escalated",
    "deferred",
    "info_requests",
    "released",
    "transferred",
    "reassigned",
    "swarms",
    "regressions",
    "blocks",
    "reopened",
    "pendings",
    "pending_steps",
)

TALK_EVENTS = ("escalations", "hang_ups", "turn_limits")


class Areas:
    """What is averaged over time, summed over the measured steps."""

    def __init__(self, num_agents: int) -> None:
        self.steps = 0
        self.open = 0
        self.queued = 0
        self.busy = [0] * num_agents
        self.there = [0] * num_agents

    def add(self, num_open: int, num_queued: int, agents: list[Agent]) -> None:
        """Count one step."""
        self.steps += 1
        self.open += num_open
        self.queued += num_queued
        for agent in agents:
            self.busy[agent.index] += len(agent.in_work) + (agent.helping is not None)
            self.there[agent.index] += agent.on_shift


def kpis(desk: "OracleDesk") -> dict[str, Any]:
    """Tickets that arrived after the warm-up, each stay by itself, and time after it."""
    stays = desk.past_stays + desk.tickets
    tickets = [t for t in stays if t.arrived >= desk.rules.warm_up_steps]
    resolution = [attainment.resolution(desk, t) for t in tickets]
    first_response = [attainment.first_response(desk, t) for t in tickets]
    minutes = desk.rules.step_minutes
    return {
        **_counts(desk, tickets),
        **(_dynamics(desk) if desk.sizes.dynamic else {}),
        **_waits(tickets, minutes),
        **_resolution(tickets, minutes),
        "sla_first_response": _attainment(first_response),
        "sla_resolution": _attainment(resolution),
        "breaches": resolution.count("breached") + sum(t.outcome == "dropped" for t in tickets),
        "first_response_breaches": first_response.count("breached"),
        **_team(desk, tickets),
        **_pay(desk),
        "by_priority": {
            name: {
                "sla_resolution": _attainment([attainment.resolution(desk, t) for t in part]),
                **_resolution(part, minutes),
            }
            for p, name in enumerate(desk.parameters.priority_names)
            for part in [[t for t in tickets if t.original_priority == p]]
        },
        "by_category": {
            name: _resolution([t for t in tickets if t.category == c], minutes)
            for c, name in enumerate(desk.parameters.category_names)
        },
    }


def mean(values: Iterable[float]) -> float:
    """Their mean, nan of none."""
    listed = list(values)
    return sum(listed) / len(listed) if listed else math.nan


def share(part: float, whole: float) -> float:
    """The part of the whole, nan of nothing."""
    return part / whole if whole else math.nan


def _counts(desk: "OracleDesk", tickets: list[Ticket]) -> dict[str, float]:
    ended = {
        outcome: sum(t.outcome == outcome for t in tickets)
        for outcome in ("resolved", "abandoned", "dropped")
    }
    return {
        "tickets": len(tickets),
        **ended,
        "unfinished": len(tickets) - sum(ended.values()),
        "abandonment": share(ended["abandoned"], len(tickets)),
        "drop_rate": share(ended["dropped"], len(tickets)),
        "backlog_mean": share(desk.areas.open, desk.areas.steps),
        "queue_mean": share(desk.areas.queued, desk.areas.steps),
        "backlog_end": len(desk.open_tickets),
        **{
            name: desk.counts[name]
            for name in (
                "arrivals",
                "initial",
                "lost_accepts",
                "illegal_actions",
                "context_switches",
                "handed_over",
                "requeued",
            )
        },
    }


def _dynamics(desk: "OracleDesk") -> dict[str, float]:
    """Verbs and incidents of the whole episode."""
    counts = desk.counts
    changes = ("released", "transferred", "reassigned", "handed_over", "requeued")
    minutes = desk.rules.step_minutes * counts["pending_steps"]
    return {
        **{name: counts[name] for name in DYNAMIC_EVENTS if not name.startswith("pending")},
        "reopen_rate": share(counts["reopened"], counts["resolved"]),
        "transfer_rate": share(sum(counts[name] for name in changes), counts["accepts"]),
        "pending_minutes": share(minutes, counts["pendings"]),
    }


def _waits(tickets: list[Ticket], minutes: float) -> dict[str, float]:
    """Waits to accept and to the step in which service starts; those who gave up waited in vain."""
    tickets = [t for t in tickets if not t.reopened]
    accepted = [t.accepted - t.arrived for t in tickets if t.accepted is not None]
    started = [t.first_service - 1 - t.arrived for t in tickets if t.first_service is not None]
    gave_up = [t for t in tickets if t.outcome == "abandoned"]
    unaccepted = [t.left - t.arrived for t in gave_up if t.accepted is None and t.left is not None]
    unserved = [t for t in gave_up if t.first_service is None]  # others hung up
    unstarted = [t.left - t.arrived for t in unserved if t.left is not None]
    return {
        "wait_to_accept_minutes": mean(accepted + unaccepted) * minutes,
        "wait_to_accept_minutes_accepted": mean(accepted) * minutes,
        "wait_to_start_minutes": mean(started + unstarted) * minutes,
        "wait_to_start_minutes_started": mean(started) * minutes,
    }


def _resolution(tickets: list[Ticket], minutes: float) -> dict[str, float]:
    """Time to resolution: mean, and the smallest time that a share of the tickets keeps within."""
    steps = sorted(
        t.left - t.arrived for t in tickets if t.outcome == "resolved" and t.left is not None
    )
    return {
        "resolution_minutes_mean": mean(steps) * minutes,
        "resolution_minutes_median": _quantile(steps, 50) * minutes,
        "resolution_minutes_p90": _quantile(steps, 90) * minutes,
        "resolution_minutes_p95": _quantile(steps, 95) * minutes,
    }


def _quantile(ordered: Sequence[int], percent: int) -> float:
    if not ordered:
        return math.nan
    return ordered[-(-percent * len(ordered) // 100) - 1]


def _attainment(verdicts: list[Verdict]) -> float:
    """The share of targets kept, of those decided; no target, no say."""
    return mean(verdict == "met" for verdict in verdicts if verdict in ("met", "breached", "lost"))


def _team(desk: "OracleDesk", tickets: list[Ticket]) -> dict[str, Any]:
    busy, agents = desk.areas.busy, desk.agents
    there = desk.areas.there
    by_agent = [share(busy[a.index], there[a.index] * a.concurrency) for a in agents]
    gaps = sum(abs(x - y) for x in busy for y in busy)
    matches = [t.match for t in tickets if t.accepted is not None and not t.reopened]
    return {
        "occupancy": mean(share for share in by_agent if not math.isnan(share)),
        "occupancy_by_agent": by_agent,
        "resolved_by_agent": [
            sum(t.outcome == "resolved" and t.holder == a.index for t in tickets) for a in agents
        ],
        "load_gini": gaps / (2 * len(busy) * sum(busy)) if any(busy) else 0.0,
        "expertise_match": mean(matches),
    }


def _pay(desk: "OracleDesk") -> dict[str, float]:
    reward = desk.ledger.reward_sum
    terms = {f"term_{name}": total for name, total in desk.ledger.term_sums.items()}
    return {"reward": reward, "reward_per_step": share(reward, desk.areas.steps), **terms}
