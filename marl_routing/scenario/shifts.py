"""When agents are there: shifts as a table over the steps of an episode."""

import numpy as np
from numpy.typing import NDArray

from marl_routing.scenario.agents import Shift
from marl_routing.scenario.calendar import step_minutes_of_week
from marl_routing.scenario.schema import Scenario
from marl_routing.scenario.time import MINUTES_A_DAY, WEEKDAYS, minute_of_day

Present = NDArray[np.bool_]


def presence(scenario: Scenario) -> Present:
    """(horizon + 1, agents): whether each agent is on shift at each clock, days off apart."""
    minutes = _minutes(scenario)
    columns = [_on_shift(shift, minutes) for shift in scenario.agents.shift_of]
    return np.stack(columns, axis=1)


def day_numbers(scenario: Scenario) -> NDArray[np.int32]:
    """(horizon + 1,) calendar day of each clock, counted from the Monday of the first week."""
    days = _minutes(scenario) // MINUTES_A_DAY
    return days.astype(np.int32)


def share_of_time(scenario: Scenario) -> NDArray[np.float64]:
    """(agents,) share of the episode for which each agent is expected to be there."""
    there = presence(scenario)[:-1].mean(axis=0)
    share: NDArray[np.float64] = there * (1.0 - scenario.agents.absence)
    return share


def _minutes(scenario: Scenario) -> NDArray[np.float64]:
    """Minutes at each clock, rounded: a step that ends at 09:00 must not end just before it."""
    return np.round(step_minutes_of_week(scenario.time), 9)


def _on_shift(shift: Shift | None, minutes: NDArray[np.float64]) -> Present:
    if shift is None:
        return np.ones(len(minutes), dtype=np.bool_)
    days, time_of_day = np.divmod(minutes, MINUTES_A_DAY)
    today = days.astype(int) % len(WEEKDAYS)
    begins = np.isin(today, [WEEKDAYS.index(day) for day in shift.days])
    began_yesterday = np.isin((today - 1) % len(WEEKDAYS), [WEEKDAYS.index(d) for d in shift.days])
    starts, ends = minute_of_day(shift.starts), minute_of_day(shift.ends)
    if starts < ends:
        there = begins & (time_of_day >= starts) & (time_of_day < ends)
    else:
        there = (begins & (time_of_day >= starts)) | (began_yesterday & (time_of_day < ends))
    for pause in shift.breaks:
        there &= ~_within(time_of_day, minute_of_day(pause.starts), minute_of_day(pause.ends))
    return there


def _within(time_of_day: NDArray[np.float64], starts: int, ends: int) -> Present:
    if starts < ends:
        return (time_of_day >= starts) & (time_of_day < ends)
    return (time_of_day >= starts) | (time_of_day < ends)
