"""The calendar of shifts and breaks, and what it makes of the team's capacity."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from marl_routing.scenario import ScenarioError, compile_scenario
from marl_routing.scenario.capacity import capacity
from marl_routing.scenario.shifts import day_numbers, presence, share_of_time
from marl_routing.scenario.time import WEEKDAYS
from tests.oracle.shifts import is_on_shift, minute_of, shift_of
from tests.scenario.bases import listed, plain

HOUR = 60
EVERY_DAY = list(WEEKDAYS)


def hours_there(weekday: str = "monday", hours: int = 168, **shift: Any) -> list[int]:
    """The hours since 00:00 of `weekday` in whose first minute the agent is there."""
    start = {"weekday": weekday, "time": "00:00"}
    time = {"step_minutes": HOUR, "horizon_steps": hours, "start": start}
    shifts = [shift, {"starts": "00:00", "ends": "24:00", "days": EVERY_DAY}]
    desk = plain(time=time, agents__shifts=shifts, exact=True)
    return np.flatnonzero(presence(desk)[:hours, 0]).tolist()


def test_a_shift_by_day() -> None:
    first = list(range(8, 16))
    assert hours_there(starts="08:00", ends="16:00", hours=48) == first + [24 + h for h in first]
    assert len(hours_there(starts="08:00", ends="16:00")) == 5 * 8  # Monday to Friday
    assert hours_there(starts="08:00", ends="16:00", weekday="saturday", hours=48) == []
    assert hours_there(starts="08:30", ends="10:00", hours=24) == [9]


def test_a_shift_over_midnight_belongs_to_the_day_it_starts() -> None:
    night: dict[str, Any] = {"starts": "22:00", "ends": "06:00"}
    assert hours_there(**night, days=["friday"], weekday="friday", hours=72) == list(range(22, 30))
    assert hours_there(**night, days=["sunday"], hours=48) == list(range(6))  # of the week before
    assert hours_there(**night, days=["sunday"])[-2:] == [166, 167]
    assert len(hours_there(**night)) == 5 * 8


def test_a_whole_day_and_its_end() -> None:
    whole = list(range(24))
    assert hours_there(starts="00:00", ends="24:00", days=["monday"]) == whole
    assert hours_there(starts="00:00", ends="00:00", days=["monday"]) == whole
    assert hours_there(starts="07:00", ends="07:00", days=["monday"]) == [h + 7 for h in whole]
    assert hours_there(starts="24:00", ends="02:00", days=["monday"]) == [24, 25]


@pytest.mark.parametrize(
    ("starts", "ends", "away"),
    [
        ("01:00", "02:00", [25]),
        ("23:00", "01:00", [23, 24]),
        ("05:00", "09:00", [29]),  # what lies outside the shift changes nothing
        ("12:00", "13:00", []),
    ],
)
def test_breaks_are_times_of_day(starts: str, ends: str, away: list[int]) -> None:
    night: dict[str, Any] = {"starts": "22:00", "ends": "06:00", "days": ["monday"]}
    there = hours_there(**night, breaks=[{"starts": starts, "ends": ends}])
    assert there == [hour for hour in range(22, 30) if hour not in away]


def test_a_step_that_ends_at_nine_does_not_end_just_before() -> None:
    """In floats this clock is 6306.999999999999."""
    step = 146 / 60
    shift = {"starts": "09:07", "ends": "10:00"}
    time = {"step_minutes": step, "horizon_steps": 2400}
    desk = plain(time=time, agents__shifts=[shift], exact=True)
    assert presence(desk)[2370].all()
    assert not presence(desk)[2369].any()


times = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 7, 30]))
breaks = st.fixed_dictionaries({"starts": times, "ends": times}).filter(
    lambda pause: pause["starts"] != pause["ends"]
)
shifts = st.fixed_dictionaries(
    {
        "days": st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True),
        "starts": times,
        "ends": times,
        "breaks": st.lists(breaks, max_size=2),
    }
)


@given(
    turns=st.lists(shifts, max_size=2),
    own=st.one_of(st.none(), shifts),
    step=st.sampled_from([0.7, 1, 7, 61]),
    weekday=st.sampled_from(WEEKDAYS),
)
def test_the_calendar_of_the_oracle(
    turns: list[dict[str, Any]], own: dict[str, Any] | None, step: float, weekday: str
) -> None:
    always = {"starts": "00:00", "ends": "24:00", "days": EVERY_DAY}
    team = [
        {"name": "Ada", "expertise": [1, 1], "shift": always},
        {"name": "Ben", "expertise": [1, 1], "shift": own},
        {"name": "Cyd", "expertise": [1, 1]},
    ]
    time = {"step_minutes": step, "horizon_steps": 300, "start": {"weekday": weekday}}
    desk = plain(time=time, agents={"team": team, "shifts": turns}, exact=True)
    clocks = [minute_of(desk, clock) for clock in range(301)]
    expected = [[is_on_shift(shift_of(desk, a), minute) for a in range(3)] for minute in clocks]
    np.testing.assert_array_equal(presence(desk), expected)
    np.testing.assert_array_equal(day_numbers(desk), np.floor_divide(clocks, 1440))


def test_agents_take_the_shifts_in_turn() -> None:
    early, late = {"starts": "09:00", "ends": "13:00"}, {"starts": "13:00", "ends": "17:00"}
    desk = plain(agents={"count": 3, "generator": "uniform", "shifts": [early, late]})
    np.testing.assert_array_equal(presence(desk)[0], [True, False, True])
    np.testing.assert_array_equal(presence(desk)[239:241, 0], [True, False])
    assert not plain().agents.come_and_go
    assert plain(agents__absence=0.1).agents.come_and_go


def test_the_calendar_reaches_the_core() -> None:
    desk = plain(
        agents__shifts=[{"starts": "10:00", "ends": "12:00"}, {"starts": "08:00", "ends": "20:00"}],
        time__start={"weekday": "tuesday", "time": "09:00"},
        time__horizon_steps=24 * HOUR,
    )
    compiled = compile_scenario(desk)
    table = compiled.rules.calendar[:, 5:]  # after the row of arrivals and four deadlines
    np.testing.assert_array_equal(table[:, :3], presence(desk))
    assert table[[0, 15 * HOUR - 1, 15 * HOUR], 3].tolist() == [1, 1, 2]  # Tuesday, Wednesday
    assert compiled.rules.desk[0]["has_shifts"] == 1
    assert compiled.sizes.own == compile_scenario(plain()).sizes.own + 1
    assert compile_scenario(plain()).rules.calendar.shape[1] == 5


def rate_of(desk_shifts: list[dict[str, Any]], **changes: Any) -> tuple[float, NDArray[np.float64]]:
    return capacity(listed([1, 1], [1, 1], agents__shifts=desk_shifts, **changes))


def test_capacity_counts_the_time_that_agents_are_there() -> None:
    """Two agents at six tickets an hour each; the day is 480 minutes from 09:00."""
    whole, half = {"starts": "00:00", "ends": "24:00"}, {"starts": "09:00", "ends": "13:00"}
    assert rate_of([whole])[0] == pytest.approx(12)
    assert rate_of([whole, half])[0] == pytest.approx(9)
    assert rate_of([whole, half], agents__absence=0.2)[0] == pytest.approx(7.2)
    desk = listed([1, 1], [1, 1], agents__shifts=[whole, half], agents__absence=0.2)
    np.testing.assert_allclose(share_of_time(desk), [0.8, 0.4])


def test_who_is_never_there_has_no_shares() -> None:
    whole, other = {"starts": "00:00", "ends": "24:00"}, {"starts": "20:00", "ends": "21:00"}
    rate, shares = rate_of([whole, other])
    assert rate == pytest.approx(6)
    np.testing.assert_allclose(shares, [[0.5, 0.5], [0.0, 0.0]], atol=1e-6)


def test_somebody_must_come() -> None:
    never = {"starts": "20:00", "ends": "21:00"}
    nobody = "nobody who can serve category 'technical', which has arrivals, is on shift"
    with pytest.raises(ScenarioError, match=nobody):
        plain(agents__shifts=[never])
    with pytest.raises(ScenarioError, match=nobody):
        plain(agents__absence=1)
    whole = {"starts": "00:00", "ends": "24:00"}
    with pytest.raises(ScenarioError, match="nobody who can serve category 'billing'"):
        listed([1, 0], [0, 1], agents__shifts=[whole, never])


SHIFT = {"starts": "09:00", "ends": "17:00"}


def pausing(starts: str, ends: str) -> list[dict[str, Any]]:
    return [SHIFT | {"breaks": [{"starts": starts, "ends": ends}]}]


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("shifts", [{"starts": "09:00"}], "agents.shifts.0.ends: is required"),
        ("shifts", [SHIFT | {"ends": "17"}], "agents.shifts.0.ends: expected a time of day such"),
        ("shifts", [SHIFT | {"ends": "24:01"}], "agents.shifts.0.ends: expected a time of day"),
        ("shifts", [SHIFT | {"ends": 1020}], "agents.shifts.0.ends: expected a text, got 1020"),
        ("shifts", [SHIFT | {"end": "17:00"}], "agents.shifts.0.end: unknown key, did you mean"),
        ("shifts", [SHIFT | {"days": []}], "agents.shifts.0.days: expected a list that is not"),
        ("shifts", [SHIFT | {"days": ["mon"]}], "agents.shifts.0.days.0: expected one of 'monday'"),
        ("shifts", [SHIFT | {"days": ["friday"] * 2}], "days: expected each weekday at most once"),
        ("shifts", SHIFT, "agents.shifts: expected a list, got"),
        ("shifts", pausing("9", "10:00"), "agents.shifts.0.breaks.0.starts: expected a time of"),
        ("shifts", pausing("12:00", "12:00"), "breaks.0.ends: expected another time than 12:00"),
        ("absence", 1.5, "agents.absence: expected a number <= 1, got 1.5"),
        ("absence", -0.1, "agents.absence: expected a number >= 0, got -0.1"),
        ("end_of_shift", "drop", "agents.end_of_shift: expected one of 'keep', 'hand_over' or"),
    ],
)
def test_a_wrong_value_is_named(path: str, value: Any, sentence: str) -> None:
    with pytest.raises(ScenarioError) as error:
        plain(**{f"agents.{path}": value})
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)
