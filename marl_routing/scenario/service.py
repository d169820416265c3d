"""Section `service`: how long work takes, and who does it how fast."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from marl_routing.scenario.errors import fault
from marl_routing.scenario.values import NonNegative, OneOrEach, Positive, Section, Share

Law = Literal["memoryless", "deterministic", "lognormal", "gamma", "empirical"]
MAX_VARIATION = 10.0  # coefficient of variation that the work table can still match


class Speed(Section):
    """Nominal minutes done a minute, linear in expertise; 0 means "cannot serve"."""

    at_0: NonNegative = 0.5
    at_1: Positive = 1.0


class Learning(Section):
    """Agents get better at what they do.

    Attributes:
        per_ticket: share of the way to expertise 1 that a resolved ticket of a category takes.
    """

    per_ticket: Annotated[Share, Field(gt=0)] = 0.02


class Service(Section):
    """The work of tickets.

    Attributes:
        law: how work varies between tickets of a category.
        cv: coefficient of variation (lognormal, gamma).
        samples: minutes observed (empirical); their shape counts, `mean_minutes` sets the mean.
        mean_minutes: mean work at speed 1, one number or one per category.
        speed: speed of an agent from its expertise.
        minutes: instead of mean_minutes and speed, mean minutes per agent and category;
            0 means "cannot serve".
        switch_minutes: delay before a ticket of another category than the agent's last.
        concurrency_slowdown: c; with n tickets in work each runs at speed / (1 + c (n - 1)).
        learning: on the job (default: expertise stays what it is).
    """

    law: Law = "memoryless"
    cv: Annotated[Positive, Field(le=MAX_VARIATION)] | None = None
    samples: Annotated[tuple[NonNegative, ...], Field(min_length=1)] | None = None
    mean_minutes: OneOrEach | None = None
    speed: Speed | None = None
    minutes: Annotated[tuple[tuple[NonNegative, ...], ...], Field(min_length=1)] | None = None
    switch_minutes: NonNegative = 0.0
    concurrency_slowdown: NonNegative = 0.0
    learning: Learning | None = None

    @model_validator(mode="after")
    def _variation_fits_law(self) -> Self:
        for key, laws in (("cv", ("lognormal", "gamma")), ("samples", ("empirical",))):
            given = getattr(self, key) is not None
            if given and self.law not in laws:
                raise fault(key, f"only for law {' or '.join(laws)}, and law is {self.law}")
            if not given and self.law in laws:
                raise fault(key, f"is required with law {self.law}")
        if self.samples is not None and sum(self.samples) == 0:
            raise fault("samples", "expected at least one sample above 0")
        return self

    @model_validator(mode="after")
    def _one_source_of_means(self) -> Self:
        if (self.mean_minutes is None) == (self.minutes is None):
            raise fault("mean_minutes", "give either mean_minutes or minutes, and only one of them")
        if self.minutes is not None and self.speed is not None:
            raise fault("speed", "minutes already gives each agent's speed, leave one of them out")
        if self.minutes is not None and self.learning is not None:
            raise fault("learning", "only where speed follows expertise, and minutes gives it")
        return self
