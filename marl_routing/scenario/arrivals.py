"""Section `arrivals`: how many tickets come in, when, and of what kind."""

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from marl_routing.core.record import MOST_PHASES
from marl_routing.scenario.errors import fault
from marl_routing.scenario.time import HOURS_A_WEEK
from marl_routing.scenario.values import Count, Name, NonNegative, Positive, Section, Share

Weights = Annotated[tuple[NonNegative, ...], Field(min_length=1)]


def _list_or_table(value: object) -> str:
    nested = isinstance(value, (list, tuple)) and any(isinstance(v, (list, tuple)) for v in value)
    return "<table>" if nested else "<list>"


PriorityMix = Annotated[
    Annotated[Weights, Tag("<list>")] | Annotated[tuple[Weights, ...], Tag("<table>")],
    Discriminator(_list_or_table),
]


class Poisson(Section):
    """Arrivals at a constant rate: given, or as a share (`load`) of the team's capacity.

    Attributes:
        rate_per_hour, load: one of them.
        category_mix: one weight per category (default: equal).
        priority_mix: one weight per priority, or such a list per category (default: equal).
        initial_backlog: tickets that stand in the queue at step 0.
    """

    process: Literal["poisson"]
    rate_per_hour: NonNegative | None = None
    load: NonNegative | None = None
    category_mix: Weights | None = None
    priority_mix: PriorityMix | None = None
    initial_backlog: Count = 0

    @model_validator(mode="after")
    def _one_rate(self) -> Self:
        if (self.rate_per_hour is None) == (self.load is None):
            raise fault("rate_per_hour", "give either rate_per_hour or load, and only one of them")
        return self


class Weekly(Section):
    """Poisson arrivals whose rate follows the hour of the week, Monday 00:00 first.

    With `load` the rates are a profile, scaled so that their mean is that share of capacity.
    """

    process: Literal["weekly"]
    hourly_rates: Weights
    load: NonNegative | None = None
    category_mix: Weights | None = None
    priority_mix: PriorityMix | None = None
    initial_backlog: Count = 0

    @model_validator(mode="after")
    def _a_whole_week(self) -> Self:
        given = len(self.hourly_rates)
        if given != HOURS_A_WEEK:
            raise fault(
                "hourly_rates",
                f"expected {HOURS_A_WEEK} numbers, one per hour of the week, got {given}",
            )
        if self.load is not None and sum(self.hourly_rates) == 0:
            raise fault("hourly_rates", "expected at least one rate above 0 to scale to the load")
        return self


class Phase(Section):
    """One state of bursty arrivals.

    Attributes:
        rate_per_hour: arrivals while it lasts (with `load`: in proportion to it).
        mean_minutes: how long it lasts, on average; then the next phase begins.
    """

    rate_per_hour: NonNegative
    mean_minutes: Positive


class Bursty(Section):
    """Markov-modulated Poisson arrivals: phases of different rates follow one another in a circle.

    Attributes:
        phases: two or more, at most 8.
        load: scales the rates so that their long-run mean is this share of the team's capacity.
    """

    process: Literal["bursty"]
    phases: Annotated[tuple[Phase, ...], Field(min_length=2, max_length=MOST_PHASES)]
    load: NonNegative | None = None
    category_mix: Weights | None = None
    priority_mix: PriorityMix | None = None
    initial_backlog: Count = 0

    @model_validator(mode="after")
    def _something_to_scale(self) -> Self:
        if self.load is not None and not any(phase.rate_per_hour for phase in self.phases):
            raise fault("phases", "expected at least one rate above 0 to scale to the load")
        return self


class Bernoulli(Section):
    """At most one arrival per category and step."""

    process: Literal["bernoulli"]
    probabilities: Annotated[tuple[Share, ...], Field(min_length=1)]  # per category and step
    priority_mix: PriorityMix | None = None
    initial_backlog: Count = 0  # of the categories in proportion to `probabilities`


class TraceTicket(Section):
    """One ticket to replay; `work_minutes` (nominal effort) is drawn where it is not given."""

    time_minutes: NonNegative  # after step 0
    category: Name
    priority: Name
    work_minutes: Positive | None = None


class Trace(Section):
    """Replays a list of tickets (a path to a CSV file is read when the scenario is loaded).

    The initial backlog is drawn with the categories and priorities of the trace.
    """

    process: Literal["trace"]
    trace: Annotated[tuple[TraceTicket, ...], Field(min_length=1)]
    initial_backlog: Count = 0


PROCESSES = ("poisson", "weekly", "bursty", "bernoulli", "trace")


def _process(value: Any) -> str | None:
    given = value.get("process") if isinstance(value, dict) else getattr(value, "process", None)
    return f"<{given}>" if given in PROCESSES else None


Arrivals = Annotated[
    Annotated[Poisson, Tag("<poisson>")]
    | Annotated[Weekly, Tag("<weekly>")]
    | Annotated[Bursty, Tag("<bursty>")]
    | Annotated[Bernoulli, Tag("<bernoulli>")]
    | Annotated[Trace, Tag("<trace>")],
    Discriminator(
        _process,
        custom_error_type="fault",
        custom_error_message=f"expected one of {', '.join(PROCESSES)}",
        custom_error_context={"key": "process"},
    ),
]
