"""The objects on a desk."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Self


@dataclass(eq=False)
class Ticket:
    """One ticket, from its arrival on; steps are values of the clock, None is never or not yet."""

    number: int
    category: int
    priority: int
    arrived: int
    first_due: int | None
    due: int | None
    patience_ends: int | None
    work: float  # minutes of nominal effort left
    accepted: int | None = None  # for the first time
    accepted_by: int | None = None  # likewise
    holder: int | None = None
    delay: int | None = None  # steps of context switch left; None: not begun
    served: int = 0  # steps
    first_service: int | None = None
    first_breached: bool = False
    breached: bool = False
    left: int | None = None
    outcome: str = "open"  # in the end resolved, abandoned or dropped
    decided_at: int | None = None  # the dispatcher's hold, good for this clock only


@dataclass(eq=False)
class Agent:
    """One agent; `held` is in order of acceptance."""

    index: int
    capacity: int
    concurrency: int
    expertise: list[float]  # per category
    speed: list[float]  # nominal minutes a minute; 0: cannot serve
    handle_steps: list[float]  # expected
    held: list[Ticket] = field(default_factory=list)
    idle_since: int = 0
    last_category: int | None = None  # of the latest ticket begun
    on_shift: bool = True

    @classmethod
    def seat(cls, rules: SimpleNamespace, a: int) -> Self:
        """Agent `a` of the scenario, with nothing held."""
        return cls(
            index=a,
            capacity=rules.capacity[a],
            concurrency=rules.concurrency[a],
            expertise=rules.expertise[a],
            speed=rules.speed[a],
            handle_steps=rules.handle_steps[a],
        )

    @property
    def idle(self) -> bool:
        """There, and nothing held."""
        return self.on_shift and not self.held

    @property
    def in_work(self) -> list[Ticket]:
        """The tickets that are worked on at once."""
        return self.held[: self.concurrency] if self.on_shift else []

    def can_serve(self, category: int) -> bool:
        """Whether the agent has any speed in the category."""
        return self.speed[category] > 0

    def may_accept(self, ticket: Ticket) -> bool:
        """Whether the agent is there and has room for the ticket, and the skill."""
        has_room = len(self.held) < self.capacity
        return self.on_shift and has_room and self.can_serve(ticket.category)
