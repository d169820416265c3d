"""Deadlines and weekly rates, against minute-by-minute counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marl_routing.core.record import NEVER
from marl_routing.scenario.calendar import deadlines, weekly_arrivals
from marl_routing.scenario.time import (
    MINUTES_A_WEEK,
    WEEKDAYS,
    BusinessHours,
    Start,
    Time,
    minute_of_day,
)


def test_always_clock() -> None:
    time = Time(step_minutes=2, horizon_steps=10)
    due = deadlines(time, (1, 5, None, 4), "always", 4)
    clocks = np.arange(11)
    assert due.dtype == np.int32
    np.testing.assert_array_equal(due[:, 0], clocks + 1)  # at least one step
    np.testing.assert_array_equal(due[:, 1], clocks + 3)  # 5 minutes take 3 steps of 2
    np.testing.assert_array_equal(due[:, 2], NEVER)
    np.testing.assert_array_equal(due[:, 3], clocks + 2)
    assert (deadlines(time, None, "always", 3) == NEVER).all()
    assert (deadlines(time, (1e300,), "business", 1) == NEVER).all()


def test_business_clock_by_hand() -> None:
    """Friday 16:30, an hour promised: half an hour left today, the rest on Monday from 09:00."""
    time = Time(step_minutes=30, horizon_steps=200, start=Start(weekday="friday", time="16:00"))
    due = deadlines(time, (60,), "business", 1)[:, 0]
    at_monday_nine = 2 * 65  # 65 hours from Friday 16:00
    assert due[0] == 2  # 17:00 on Friday itself, not Monday morning
    assert due[1] == at_monday_nine + 1
    assert due[2] == at_monday_nine + 2  # exactly at closing time
    assert due[50] == at_monday_nine + 2  # some time on the weekend


hours = st.builds(
    lambda days, opens, length: BusinessHours(
        days=tuple(WEEKDAYS[day] for day in sorted(days)),
        opens=f"{opens:02}:00",
        closes=f"{opens + length:02}:00",
    ),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 15),
    st.integers(1, 8),
)


@given(
    business=hours,
    weekday=st.sampled_from(WEEKDAYS),
    step=st.sampled_from([15, 20, 60]),
    target=st.sampled_from([10, 45, 120, 600, 6000]),
)
def test_business_clock_against_counting(
    business: BusinessHours, weekday: str, step: int, target: int
) -> None:
    time = Time.model_validate(
        {
            "step_minutes": step,
            "horizon_steps": 200,
            "start": {"weekday": weekday, "time": "07:40"},
            "business_hours": business,
        }
    )
    minutes = np.arange(MINUTES_A_WEEK)
    day = minutes // 1440
    opens, closes = minute_of_day(business.opens), minute_of_day(business.closes)
    on_day = np.isin(day, [WEEKDAYS.index(name) for name in business.days])
    is_open = on_day & (minutes % 1440 >= opens) & (minutes % 1440 < closes)
    gone = np.concatenate([[0], np.cumsum(np.tile(is_open, 110))])
    due = deadlines(time, (target,), "business", 1)[:, 0]
    start = time.start.minute_of_week
    for arrival in (0, 1, 77, 200):
        reached = gone[start + step * np.arange(arrival + 1, arrival + 70_000 // step * 15)]
        left = reached - gone[start + step * arrival] >= target
        assert due[arrival] == arrival + 1 + np.argmax(left)


def test_weekly_rates_are_integrated() -> None:
    """Steps of 40 minutes straddle the hours: each takes its share of both."""
    rates = np.zeros(168)
    rates[9], rates[10] = 60.0, 120.0
    time = Time(step_minutes=40, horizon_steps=4, start=Start(weekday="monday", time="09:00"))
    np.testing.assert_allclose(weekly_arrivals(time, rates)[1:], [40, 20 + 40, 80, 0])


def test_equal_rates_are_equal_numbers() -> None:
    rates = np.tile([3.0, 7.1, 7.1, 0.3], 42)
    time = Time(step_minutes=1, horizon_steps=30_000, start=Start(weekday="sunday", time="23:10"))
    assert len(np.unique(weekly_arrivals(time, rates))) == 3


@given(
    rates=st.lists(st.floats(0, 500), min_size=168, max_size=168),
    step=st.sampled_from([1, 7, 60, 90]),
)
def test_a_week_of_steps_holds_a_week_of_arrivals(rates: list[float], step: float) -> None:
    steps = int(np.lcm(int(step), MINUTES_A_WEEK)) // int(step)
    time = Time(step_minutes=step, horizon_steps=steps, start=Start(weekday="wednesday"))
    weeks = steps * step / MINUTES_A_WEEK
    expected = weekly_arrivals(time, np.array(rates))
    assert (expected >= 0).all()
    assert expected[1:].sum() == pytest.approx(weeks * sum(rates), abs=1e-6)
