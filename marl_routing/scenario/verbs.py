"""Section `protocol.verbs`: what agents may do besides accepting; what is given is on."""

from typing import Annotated, Literal

from pydantic import Field

from marl_routing.scenario.values import Few, NonNegative, Positive, Section


class Verb(Section):
    """Something agents may do.

    Attributes:
        cost: what one use adds to the reward term `operation`.
    """

    cost: NonNegative = 1.0


class Defer(Verb):
    """Later deadlines for a ticket.

    Attributes:
        minutes: by which they move.
        at_most: times a ticket.
    """

    minutes: Positive = 60.0
    at_most: Few = 2


class RequestInfo(Verb):
    """The agent asks the customer; the ticket is pending until the answer.

    Attributes:
        mean_minutes: until the answer.
        shrink: share of the work left that the answer saves.
    """

    mean_minutes: Positive = 60.0
    shrink: Annotated[NonNegative, Field(lt=1)] = 0.25


class Release(Verb):
    """The agent puts its ticket back into the queue.

    Attributes:
        work: what was done on the ticket is kept, or lost.
    """

    work: Literal["kept", "lost"] = "kept"


class Verbs(Section):
    """The verbs that are on, in the order of their blocks of actions.

    Attributes:
        escalate: one priority up, and the deadlines with it.
        defer: later deadlines.
        swarm: help a colleague with its ticket.
        request_info: ask the customer.
        release: put the own ticket back into the queue.
        transfer: put the own ticket into the queue of a team.
        reassign: give a held ticket to another agent; an operator's verb, no agent's action.
    """

    escalate: Verb | None = None
    defer: Defer | None = None
    swarm: Verb | None = None
    request_info: RequestInfo | None = None
    release: Release | None = None
    transfer: Verb | None = None
    reassign: Verb | None = None

    @property
    def used(self) -> dict[str, Verb]:
        """The verbs that are on, by name."""
        return {name: verb for name, verb in self if verb is not None}
