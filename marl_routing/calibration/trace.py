"""Replaying exactly the logged tickets: a CSV file beside the scenario."""

import csv
import io
from typing import Any

from marl_routing.calibration.tickets import Names, Tickets, Weeks


def trace_tickets(tickets: Tickets, names: Names) -> list[dict[str, Any]]:
    """The tickets as `arrivals.trace` holds them, timed from the Monday 00:00 before the first."""
    return [
        {
            "time_minutes": float(opened),
            "category": names.categories[category],
            "priority": names.priorities[priority],
        }
        for opened, category, priority in zip(
            tickets.opened, tickets.category, tickets.priority, strict=True
        )
    ]


def trace_csv(trace: list[dict[str, Any]]) -> str:
    """The file that `arrivals.trace` names."""
    text = io.StringIO()
    writer = csv.DictWriter(text, ("time_minutes", "category", "priority"), lineterminator="\n")
    writer.writeheader()
    writer.writerows(trace)
    return text.getvalue()


def trace_arrivals(
    data: dict[str, Any], weeks: Weeks, trace: list[dict[str, Any]]
) -> dict[str, Any]:
    """The scenario's data with the whole log to replay, in one episode as long as the log."""
    steps = -(-weeks.end // data["time"]["step_minutes"])
    time = data["time"] | {"horizon_steps": int(steps)}
    return data | {"time": time, "arrivals": {"process": "trace", "trace": trace}}
