"""Section `incidents`: what befalls tickets; each kind happens only where it is given."""

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from marl_routing.scenario.values import Few, Positive, Section, Share

FARTHEST_DEPENDENCY = 64  # tickets back


class ByExpertise(Section):
    """A probability linear in the expertise of the agent who resolved the ticket.

    Attributes:
        at_0, at_1: at expertise 0, and at expertise 1.
    """

    at_0: Share = 0.2
    at_1: Share = 0.05


def _number_or_line(value: Any) -> str:
    return "<line>" if isinstance(value, (dict, ByExpertise)) else "<number>"


Probability = Annotated[  # one number for all agents, or a line
    Annotated[Share, Tag("<number>")] | Annotated[ByExpertise, Tag("<line>")],
    Discriminator(_number_or_line),
]


class Regression(Section):
    """Work that turns out to be more.

    Attributes:
        probability: in a step of service.
        growth: share of the work left that comes on top.
        at_most: times a ticket.
    """

    probability: Share
    growth: Positive
    at_most: Few = 3


class Block(Section):
    """A ticket goes pending by itself.

    Attributes:
        probability: in a step of service.
        mean_minutes: until it can go on.
    """

    probability: Share
    mean_minutes: Positive


class Dependency(Section):
    """A ticket waits for an earlier one that is still open.

    Attributes:
        probability: that an arriving ticket depends on an earlier one.
        within: it is one of the latest so many, at most 64.
    """

    probability: Share
    within: Annotated[Few, Field(le=FARTHEST_DEPENDENCY)] = 10


class Reopen(Section):
    """A resolved ticket comes back.

    Attributes:
        probability: one number, or by the resolver's expertise.
        mean_minutes: from its resolution until it is back.
        work_share: its work then, as a share of what it was at first.
        at_most: times a ticket.
    """

    probability: Probability = ByExpertise()
    mean_minutes: Positive
    work_share: Annotated[Positive, Field(le=1)] = 0.5
    at_most: Few = 3

    @property
    def line(self) -> ByExpertise:
        """The probability at expertise 0 and at expertise 1."""
        if isinstance(self.probability, ByExpertise):
            return self.probability
        return ByExpertise(at_0=self.probability, at_1=self.probability)


class Incidents(Section):
    """What befalls tickets.

    Attributes:
        regression: their work grows while they are worked on.
        block: they go pending while they are worked on.
        dependency: they cannot be worked on before another is resolved.
        reopen: they come back after they were resolved.
    """

    regression: Regression | None = None
    block: Block | None = None
    dependency: Dependency | None = None
    reopen: Reopen | None = None

    @property
    def used(self) -> dict[str, Section]:
        """The incidents that can happen, by name."""
        return {name: incident for name, incident in self if incident is not None}
