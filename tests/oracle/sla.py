"""Deadlines: what the calendar promises, and how pauses, escalations and deferrals move them."""

from marl_routing.core.parameters import Parameters
from marl_routing.core.record import NEVER
from tests.oracle.tickets import Ticket


class Deadlines:
    """The SLA clock of one scenario; a deadline of None never passes."""

    def __init__(self, parameters: Parameters) -> None:
        self.priorities = parameters.sizes.priorities
        self.calendar = parameters.rules.calendar

    def first_due(self, arrived: int, priority: int) -> int | None:
        """By when a ticket that arrives at this clock is to be answered."""
        return self._promised(arrived, 1 + priority)

    def due(self, arrived: int, priority: int) -> int | None:
        """By when it is to be resolved."""
        return self._promised(arrived, 1 + self.priorities + priority)

    def _promised(self, arrived: int, column: int) -> int | None:
        due = int(self.calendar[arrived, column])
        return None if due >= NEVER else due

    def counts(self, step: int) -> bool:
        """Whether the SLA clock runs in the step that begins at this clock."""
        return step >= len(self.calendar) or bool(self.calendar[step, -1])

    def moved(self, deadline: int | None, steps: int) -> int | None:
        """The deadline, past so many more steps in which the SLA clock runs."""
        if deadline is None:
            return None
        for _ in range(steps):
            while not self.counts(deadline):
                deadline += 1
            deadline += 1
        return deadline

    def pause(self, ticket: Ticket, clock: int) -> None:
        """The time that a ticket was pending, until now, is given back."""
        steps = sum(map(self.counts, range(ticket.pending_since, clock)))
        ticket.paused += steps
        if not passed_before(ticket, ticket.original_due):
            ticket.original_due = self.moved(ticket.original_due, steps)
        if not ticket.breached:
            ticket.due = self.moved(ticket.due, steps)
        if ticket.served:
            return
        if not passed_before(ticket, ticket.original_first_due):
            ticket.original_first_due = self.moved(ticket.original_first_due, steps)
        if not ticket.first_breached:
            ticket.first_due = self.moved(ticket.first_due, steps)

    def escalate(self, ticket: Ticket, clock: int) -> None:
        """One level more urgent, with the deadlines of that level where they are sooner.

        The deadlines of `clock` are the last that have passed.
        """
        ticket.priority -= 1
        if not ticket.breached:
            target = self.due(ticket.arrived, ticket.priority)
            ticket.due = self._sooner(ticket.due, self.moved(target, ticket.paused), clock)
        if not ticket.served and not ticket.first_breached:
            target = self.first_due(ticket.arrived, ticket.priority)
            ticket.first_due = self._sooner(
                ticket.first_due, self.moved(target, ticket.paused), clock
            )

    def _sooner(self, one: int | None, other: int | None, clock: int) -> int | None:
        deadlines = [deadline for deadline in (one, other) if deadline is not None]
        return max(clock + 1, min(deadlines)) if deadlines else None


def last_clock(ticket: Ticket) -> int:
    """The last clock whose deadlines passed before the ticket became pending.

    Agents ask after those of the present clock, and what blocks does so before.
    """
    return ticket.pending_since - (ticket.pending == "blocked")


def passed_before(ticket: Ticket, deadline: int | None) -> bool:
    """Whether a deadline had passed when the ticket became pending."""
    return deadline is not None and deadline <= last_clock(ticket)


def defer(ticket: Ticket, steps: int) -> None:
    """Promise less."""
    assert ticket.due is not None
    ticket.due += steps
    ticket.deferrals += 1
    if ticket.first_due is not None and not ticket.served and not ticket.first_breached:
        ticket.first_due += steps
