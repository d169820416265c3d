"""Section `time`: the length of a step and an episode, and where in the week it starts."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from marl_routing.scenario.errors import fault
from marl_routing.scenario.values import Count, Positive, PositiveCount, Section

MINUTES_A_DAY, MINUTES_A_WEEK, HOURS_A_WEEK = 1440, 10_080, 168

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
TimeOfDay = Annotated[str, Field(strict=True, pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]


def minute_of_day(time: str) -> int:
    """Minutes since midnight of 'HH:MM'."""
    hours, minutes = time.split(":")
    return 60 * int(hours) + int(minutes)


class Start(Section):
    """Where in the week step 0 lies."""

    weekday: Weekday = "monday"
    time: TimeOfDay = "09:00"

    @property
    def minute_of_week(self) -> int:
        """Minutes since Monday 00:00."""
        return MINUTES_A_DAY * WEEKDAYS.index(self.weekday) + minute_of_day(self.time)


class BusinessHours(Section):
    """When the clock of `sla.clock: business` runs; the same hours on each of `days`."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = WEEKDAYS[:5]
    opens: TimeOfDay = "09:00"
    closes: TimeOfDay = "17:00"

    @model_validator(mode="after")
    def _open_before_close(self) -> Self:
        if minute_of_day(self.opens) >= minute_of_day(self.closes):
            raise fault("closes", f"expected a time after {self.opens}, got {self.closes}")
        if len(set(self.days)) < len(self.days):
            raise fault("days", "expected each weekday at most once")
        return self


class Time(Section):
    """The clock of a desk.

    Attributes:
        step_minutes: length of one step.
        horizon_steps: steps of an episode.
        start: weekday and time of step 0.
        warm_up_steps: KPIs cover tickets that arrive from this step on, and time from then on.
        business_hours: calendar for `sla.clock: business`.
    """

    step_minutes: Positive = 1.0
    horizon_steps: PositiveCount = 480
    start: Start = Start()
    warm_up_steps: Count = 0
    business_hours: BusinessHours = BusinessHours()

    @model_validator(mode="after")
    def _warm_up_within_horizon(self) -> Self:
        if self.warm_up_steps >= self.horizon_steps:
            raise fault(
                "warm_up_steps",
                f"expected fewer steps than horizon_steps ({self.horizon_steps}), "
                f"got {self.warm_up_steps}",
            )
        return self
