"""A fit as the data of a scenario, in round numbers."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.calibration.fit import Fit
from marl_routing.scenario.time import MINUTES_A_DAY

# Lengths of a step that divide an hour; the longest is taken of which every mean handle time lasts
# `STEPS_A_TICKET` at least, and the median one `STEPS_A_USUAL_TICKET`.
STEP_MINUTES = (0.25, 0.5, 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)
STEPS_A_TICKET, STEPS_A_USUAL_TICKET = 2, 8
FEWEST_OPEN, MOST_OPEN = 100, 10_000
OPEN_TICKETS_AN_AGENT = 10  # first guess of the room that the desk needs


def build_data(fit: Fit, name: str, description: str) -> dict[str, Any]:
    """The scenario without targets, with a first guess of the room in its queue.

    An episode starts on Monday at 00:00 and ends after the last day with a busy hour.
    """
    step = _step_minutes(fit.minutes[fit.minutes > 0])
    days = int(np.flatnonzero(fit.busy).max()) // 24 + 1
    return {
        "name": name,
        "description": description,
        "time": {
            "step_minutes": step,
            "horizon_steps": int(days * MINUTES_A_DAY / step),
            "start": {"weekday": "monday", "time": "00:00"},
        },
        "categories": list(fit.names.categories),
        "priorities": list(fit.names.priorities),
        "arrivals": {
            "process": "weekly",
            "hourly_rates": fit.hourly_rates.round(3).tolist(),
            "category_mix": fit.category_mix.round(4).tolist(),
            "priority_mix": fit.priority_mix.round(4).tolist(),
        },
        "service": {"law": "memoryless", "minutes": fit.minutes.round(1).tolist()},
        "agents": {
            "team": [
                {"name": agent, "expertise": skill}
                for agent, skill in zip(
                    fit.names.team, fit.expertise.round(2).tolist(), strict=True
                )
            ]
        },
        "queue": {"max_open_tickets": _room(OPEN_TICKETS_AN_AGENT * len(fit.names.team))},
    }


def _step_minutes(means: NDArray[np.float64]) -> float:
    longest = min(means.min() / STEPS_A_TICKET, np.median(means) / STEPS_A_USUAL_TICKET)
    return max((step for step in STEP_MINUTES if step <= longest), default=STEP_MINUTES[0])


def with_queue(data: dict[str, Any], most_open: int) -> dict[str, Any]:
    """Room for twice the tickets that were ever open at once."""
    return data | {"queue": {"max_open_tickets": _room(2 * most_open)}}


def with_targets(data: dict[str, Any], minutes: list[float]) -> dict[str, Any]:
    """Resolution targets per priority, in minutes."""
    return data | {"sla": {"resolution_minutes": minutes}}


def _room(tickets: float) -> int:
    return int(min(MOST_OPEN, max(FEWEST_OPEN, 50 * math.ceil(tickets / 50))))
