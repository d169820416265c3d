"""The objects on a desk."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Literal, Optional, Self

from marl_routing.core.conversation_record import NUM_STRATEGIES

End = Literal["resolved", "hung up", "out of turns"]


@dataclass(eq=False)
class Talk:
    """A ticket's customer, and the conversation with it."""

    tier: int
    sentiment: int  # now
    satisfaction: float  # now; CSAT at the end
    prior: float  # satisfaction with which the customer came
    context: list[float]
    turns: int = 0  # of this conversation
    talked: int = 0  # turns of all conversations of the ticket
    talked_before: int = 0  # of those before this one
    progress: int = 0
    worn: list[int] = field(default_factory=lambda: [0] * NUM_STRATEGIES)  # ineffective uses
    escalated: int = 0  # times
    escalator: int | None = None  # the last agent who did so
    end: End | None = None


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
    full_work: float  # of these at first
    original_priority: int  # of this stay on the desk, as the next two, which pauses alone move
    original_first_due: int | None
    original_due: int | None
    accepted: int | None = None  # for the first time
    accepted_by: int | None = None  # likewise
    match: float = 0.0  # that agent's expertise then
    holder: int | None = None
    delay: int | None = None  # steps of context switch left; None: not begun
    served: int = 0  # steps
    first_service: int | None = None
    first_breached: bool = False
    breached: bool = False
    left: int | None = None
    outcome: str = "open"  # in the end resolved, abandoned or dropped
    decided_at: int | None = None  # the dispatcher's hold, good for this clock only
    # where desks are dynamic
    scale: float = 1.0  # of the work left
    pending: Literal["asked", "blocked"] | None = None
    pending_since: int = 0
    returns: int = 0  # clock at which that ends, or at which a resolved ticket comes back
    pendings: int = 0
    asked: bool = False
    deferrals: int = 0
    regressions: int = 0
    reopened: int = 0
    resolver: int | None = None
    team: int | None = None  # whose queue it is in; None: everybody's
    waits_for: Optional["Ticket"] = None
    paused: int = 0  # steps of the SLA clock in this stay
    talk: Talk | None = None  # where there are customers

    @property
    def waits(self) -> bool:
        """For another ticket to be resolved."""
        return self.waits_for is not None and self.waits_for.outcome == "open"

    @property
    def rests(self) -> bool:
        """Nobody can work on it."""
        return self.pending is not None or self.waits


@dataclass(eq=False)
class Agent:
    """One agent; `held` is in order of acceptance."""

    index: int
    team: int
    capacity: int
    concurrency: int
    expertise: list[float]  # per category
    speed: list[float]  # nominal minutes a minute; 0: cannot serve
    handle_steps: list[float]  # expected
    held: list[Ticket] = field(default_factory=list)
    idle_since: int = 0
    last_category: int | None = None  # of the latest ticket begun
    on_shift: bool = True
    helping: Ticket | None = None  # a colleague's
    help_delay: int | None = None  # steps of context switch left; None: not begun

    @classmethod
    def seat(cls, rules: SimpleNamespace, a: int) -> Self:
        """Agent `a` of the scenario, with nothing held."""
        return cls(
            index=a,
            team=rules.team_of[a],
            capacity=rules.capacity[a],
            concurrency=rules.concurrency[a],
            expertise=list(rules.expertise[a]),
            speed=list(rules.speed[a]),
            handle_steps=list(rules.handle_steps[a]),
        )

    @property
    def free(self) -> bool:
        """Nothing held."""
        return not self.held

    @property
    def idle(self) -> bool:
        """There, and free."""
        return self.on_shift and self.free

    @property
    def in_work(self) -> Sequence[Ticket]:
        """The tickets that are worked on at once."""
        return self.held[: self.concurrency] if self.on_shift else []

    @property
    def current(self) -> Ticket | None:
        """The oldest ticket in work."""
        return self.in_work[0] if self.in_work else None

    @property
    def shown(self) -> Ticket | None:
        """The ticket whose category and progress the agent sees as its own."""
        return self.held[0] if self.held else None

    def stop_helping(self) -> None:
        """Leave the colleague's ticket."""
        self.helping = self.help_delay = None

    def can_serve(self, category: int) -> bool:
        """Whether the agent has any speed in the category."""
        return self.speed[category] > 0

    def may_accept(self, ticket: Ticket) -> bool:
        """Whether it is there and has room and the skill, and the ticket is free to be taken."""
        has_room = len(self.held) < self.capacity
        for_me = ticket.team in (None, self.team) and not ticket.waits
        if ticket.talk is not None and ticket.talk.escalator == self.index:
            return False
        return self.on_shift and has_room and self.can_serve(ticket.category) and for_me
