"""What depends on the hour of the week: expected arrivals and SLA deadlines, step by step."""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.record import NEVER
from marl_routing.scenario.time import (
    HOURS_A_WEEK,
    MINUTES_A_DAY,
    MINUTES_A_WEEK,
    WEEKDAYS,
    BusinessHours,
    Time,
    minute_of_day,
)

Array = NDArray[np.float64]

ROUNDING = 1e-9  # minutes: a target that is met to within this is met


def step_minutes_of_week(time: Time) -> Array:
    """(horizon + 1,) minutes since Monday 00:00 of the first week, at each clock."""
    clocks: Array = np.arange(time.horizon_steps + 1, dtype=np.float64)
    return time.start.minute_of_week + time.step_minutes * clocks


def weekly_arrivals(time: Time, hourly_rates: Array) -> Array:
    """(horizon + 1,) expected arrivals of each step: the rate over the step before that clock."""
    ends = step_minutes_of_week(time)
    starts = ends - time.step_minutes
    first_hour = np.floor(starts / 60)
    expected = np.zeros_like(ends)
    for further in range(int(np.ceil(time.step_minutes / 60)) + 1):
        hour = first_hour + further
        overlap = np.minimum(ends, 60 * (hour + 1)) - np.maximum(starts, 60 * hour)
        # Rounding makes equal steps equal, so that the table of distributions stays small.
        minutes = np.round(np.maximum(overlap, 0.0), 9)
        expected += hourly_rates[hour.astype(np.int64) % HOURS_A_WEEK] * (minutes / 60)
    return expected


def always_deadlines(time: Time, target_minutes: float) -> NDArray[np.int64]:
    """(horizon + 1,) first clock at least `target_minutes` after each clock; at least one step."""
    steps = max(1.0, np.ceil((target_minutes - ROUNDING) / time.step_minutes))
    return np.arange(time.horizon_steps + 1) + int(min(steps, NEVER))


def business_deadlines(time: Time, target_minutes: float) -> NDArray[np.int64]:
    """As `always_deadlines`, where only minutes of business hours count."""
    opens, closes = _open_intervals(time.business_hours)
    closed_at = np.cumsum(closes - opens)  # business minutes of the week gone when each one closes
    opened_at = closed_at - (closes - opens)
    a_week = closed_at[-1]
    clocks = step_minutes_of_week(time)
    weeks, rest = np.divmod(clocks, MINUTES_A_WEEK)
    gone = weeks * a_week + np.clip(rest[:, None] - opens, 0, closes - opens).sum(axis=1)
    due = gone + target_minutes - ROUNDING
    due_week = np.ceil(due / a_week) - 1
    due_rest = due - due_week * a_week
    interval = np.searchsorted(closed_at, due_rest).clip(max=len(closed_at) - 1)
    due_minute = due_week * MINUTES_A_WEEK + opens[interval] + due_rest - opened_at[interval]
    steps = np.ceil((due_minute - clocks) / time.step_minutes)
    due_steps = np.clip(steps, 1, NEVER).astype(np.int64)
    return np.asarray(np.arange(time.horizon_steps + 1) + due_steps)


def _open_intervals(hours: BusinessHours) -> tuple[Array, Array]:
    """Minutes of the week at which business opens and closes, in order."""
    days = np.array(sorted(WEEKDAYS.index(day) for day in hours.days))
    first = MINUTES_A_DAY * days.astype(np.float64)
    return first + minute_of_day(hours.opens), first + minute_of_day(hours.closes)


def sla_counts(time: Time, clock: str) -> NDArray[np.int32]:
    """(horizon + 1,) 1 where the step that begins at that clock counts for the SLA clock."""
    minutes = np.round(step_minutes_of_week(time), 9) % MINUTES_A_WEEK
    if clock != "business":
        return np.ones(len(minutes), dtype=np.int32)
    opens, closes = _open_intervals(time.business_hours)
    is_open = (minutes[:, None] >= opens) & (minutes[:, None] < closes)
    return np.asarray(is_open.any(axis=1), dtype=np.int32)


def deadlines(
    time: Time, targets: tuple[float | None, ...] | None, clock: str, priorities: int
) -> NDArray[np.int32]:
    """(horizon + 1, priorities) deadline of a ticket that arrives at each clock, or NEVER."""
    rule = business_deadlines if clock == "business" else always_deadlines
    table = np.full((time.horizon_steps + 1, priorities), NEVER, dtype=np.int64)
    for priority, target in enumerate(targets or ()):
        if target is not None:
            table[:, priority] = rule(time, target)
    return np.minimum(table, NEVER).astype(np.int32)
