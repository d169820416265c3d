"""Sections `queue`, `sla`, `patience`, `protocol` and `observation`: the rules of the desk."""

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from marl_routing.scenario.errors import fault
from marl_routing.scenario.values import Few, Flag, Many, Positive, Section, Share
from marl_routing.scenario.verbs import Verbs

Targets = Annotated[tuple[Positive | None, ...], Field(min_length=1)]


class Queue(Section):
    """Where tickets wait.

    Attributes:
        max_open_tickets: an arrival beyond these is dropped.
        max_per_category: most tickets of a category that may be queued.
        order: ties go to the lower ticket number.
        window: `per_category` shows the first few of each category, `oldest` the first `size`.
        size: K of the window `oldest` (default: one slot an agent).
    """

    max_open_tickets: Many = 100
    max_per_category: Many | None = None
    order: Literal["fifo", "priority", "deadline"] = "fifo"
    window: Literal["per_category", "oldest"] = "per_category"
    size: Few | None = None

    @model_validator(mode="after")
    def _size_of_oldest(self) -> Self:
        if self.size is not None and self.window != "oldest":
            raise fault("size", "only for window oldest; per_category finds its own size")
        return self


class Sla(Section):
    """What is promised.

    Attributes:
        first_response_minutes: until the first step of service, one per priority, null for none.
        resolution_minutes: until resolution, one per priority, null for none.
        clock: `business` counts only the minutes of `time.business_hours`.
        pauses_while_pending: the time that a ticket is pending does not count.
    """

    first_response_minutes: Targets | None = None
    resolution_minutes: Targets | None = None
    clock: Literal["always", "business"] = "always"
    pauses_while_pending: Flag = False


class Patience(Section):
    """How long customers wait for a ticket on which nobody works yet; give one of the two.

    Attributes:
        mean_minutes_by_priority: mean minutes until they give up, null: never.
        mean_minutes_by_category: the same per category.
    """

    mean_minutes_by_priority: Targets | None = None
    mean_minutes_by_category: Targets | None = None

    @model_validator(mode="after")
    def _one_table(self) -> Self:
        if (self.mean_minutes_by_priority is None) == (self.mean_minutes_by_category is None):
            raise fault(
                "mean_minutes_by_priority",
                "give either mean_minutes_by_priority or mean_minutes_by_category, "
                "and only one of them",
            )
        return self


class Accept(Section):
    """How agents take tickets, and what happens when several want the same one.

    Attributes:
        kind: agents accept visible tickets.
        arbitration: who of several gets a ticket; a seeded draw decides between equals.
        on_conflict: the others lose, or get the next waiting ticket of its category.
        verbs: what agents may do besides.
    """

    kind: Literal["accept"] = "accept"
    arbitration: Literal["expertise", "least_loaded", "longest_idle", "random"] = "expertise"
    on_conflict: Literal["lose", "next_of_category"] = "lose"
    verbs: Verbs | None = None


class Bid(Section):
    """Agents bid for visible tickets.

    Attributes:
        clearing: `sequential` (in queue order), `greedy` (best pair first) or `optimal` (largest
            total).
        payment: what a winner pays; `vcg` only with `optimal`.
        reserve_price: bids below it do not count.
    """

    kind: Literal["bid"]
    clearing: Literal["sequential", "greedy", "optimal"] = "sequential"
    payment: Literal["none", "first_price", "second_price", "vcg"] = "second_price"
    reserve_price: Share = 0.0

    @model_validator(mode="before")
    @classmethod
    def _has_no_verbs(cls, data: Any) -> Any:
        if isinstance(data, dict) and "verbs" in data:
            raise fault("verbs", "only with kind accept, and kind is bid")
        return data

    @model_validator(mode="after")
    def _vcg_is_optimal(self) -> Self:
        if self.payment == "vcg" and self.clearing != "optimal":
            raise fault("payment", "vcg only with clearing optimal")
        return self


KINDS = ("accept", "bid")


def _kind(value: Any) -> str | None:
    given = value.get("kind", "accept") if isinstance(value, dict) else getattr(value, "kind", None)
    return f"<{given}>" if given in KINDS else None


Protocol = Annotated[
    Annotated[Accept, Tag("<accept>")] | Annotated[Bid, Tag("<bid>")],
    Discriminator(
        _kind,
        custom_error_type="fault",
        custom_error_message=f"expected one of {', '.join(KINDS)}",
        custom_error_context={"key": "kind"},
    ),
]


class Observation(Section):
    """What agents see of their colleagues and of themselves.

    Attributes:
        peers: each colleague's state, a summary of the team, or nothing.
        identity: an entry an agent, or one number between 0 and 1.
    """

    peers: Literal["full", "summary", "none"] = "full"
    identity: Literal["one_hot", "rank"] = "one_hot"
