"""Section `agents`: the team, generated or listed."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from marl_routing.scenario.errors import fault
from marl_routing.scenario.time import WEEKDAYS, TimeOfDay, Weekday
from marl_routing.scenario.values import Count, Few, Name, Names, Section, Share

Generator = Literal["specialists", "generalists", "uniform", "nested", "chain"]


class Break(Section):
    """Part of a shift in which the agent is away; outside the shift it changes nothing."""

    starts: TimeOfDay
    ends: TimeOfDay

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if self.starts == self.ends:
            raise fault("ends", f"expected another time than {self.starts}, when it starts")
        return self


class Shift(Section):
    """When an agent is there, week after week.

    Attributes:
        days: weekdays on which the shift starts.
        starts, ends: times of day; a shift that does not end after it starts ends the next day.
        breaks: times of day at which the agent is away.
    """

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = WEEKDAYS[:5]
    starts: TimeOfDay
    ends: TimeOfDay
    breaks: tuple[Break, ...] = ()

    @model_validator(mode="after")
    def _each_day_once(self) -> Self:
        if len(set(self.days)) < len(self.days):
            raise fault("days", "expected each weekday at most once")
        return self


class Agent(Section):
    """One listed agent; capacity, concurrency, shift and team default to those of all."""

    name: Name
    expertise: Annotated[tuple[Share, ...], Field(min_length=1)] | None = None  # per category
    capacity: Few | None = None
    concurrency: Few | None = None
    shift: Shift | None = None
    team: Name | None = None


class Agents(Section):
    """The team: either `count` agents by a generator, or an explicit `team`.

    Attributes:
        count: number of agents (that of `team` where there is one).
        generator: how expertise is made; may be left out where `service.minutes` gives it.
        seed: of the generator; the team belongs to the scenario, not to the episode.
        capacity: most open tickets an agent may hold.
        concurrency: tickets an agent has in work at once.
        shifts: of the agents in turn, agent i has the one at place i modulo their number (default:
            everybody is always there).
        end_of_shift: tickets held at the end of a shift are kept, handed over to whom arbitration
            would choose among those there (else requeued), or requeued.
        absence: probability of a day off, per agent and day.
        teams: names; agent i is in the one at place i modulo their number, if it names no own
            (default: there are no teams).
        team: explicit agents.
    """

    count: Few | None = None
    generator: Generator | None = None
    seed: Count = 0
    capacity: Few = 10
    concurrency: Few = 1
    shifts: tuple[Shift, ...] = ()
    end_of_shift: Literal["keep", "hand_over", "requeue"] = "keep"
    absence: Share = 0.0
    teams: Names | None = None
    team: Annotated[tuple[Agent, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.count is None) == (self.team is None):
            raise fault("count", "give either count or team, and only one of them")
        if self.team is not None and self.generator is not None:
            raise fault("generator", "a listed team is not generated, leave one of them out")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Names for display."""
        if self.team is not None:
            return tuple(agent.name for agent in self.team)
        return tuple(f"agent_{i}" for i in range(self.count or 0))

    @property
    def shift_of(self) -> tuple[Shift | None, ...]:
        """When each agent is there, None for always."""
        in_turn = self.shifts or (None,)
        own = [agent.shift for agent in self.team or ()] or [None] * len(self.names)
        return tuple(shift or in_turn[i % len(in_turn)] for i, shift in enumerate(own))

    @property
    def team_of(self) -> tuple[str | None, ...]:
        """Name of each agent's team, None where there are no teams."""
        in_turn = self.teams or (None,)
        own = [agent.team for agent in self.team or ()] or [None] * len(self.names)
        return tuple(team or in_turn[i % len(in_turn)] for i, team in enumerate(own))

    @property
    def come_and_go(self) -> bool:
        """Whether agents are ever away."""
        return self.absence > 0.0 or any(shift is not None for shift in self.shift_of)

    @property
    def capacities(self) -> tuple[int, ...]:
        """Most open tickets, per agent."""
        if self.team is None:
            return (self.capacity,) * len(self.names)
        return tuple(agent.capacity or self.capacity for agent in self.team)

    @property
    def concurrencies(self) -> tuple[int, ...]:
        """Tickets in work at once, per agent."""
        if self.team is None:
            return (self.concurrency,) * len(self.names)
        return tuple(agent.concurrency or self.concurrency for agent in self.team)
