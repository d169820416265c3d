"""The tickets that nobody holds, in the scenario's order, and the window on them."""

import bisect
from types import SimpleNamespace

from marl_routing.core.parameters import BY_DEADLINE, BY_PRIORITY
from marl_routing.core.record import NEVER, Sizes
from tests.oracle.tickets import Ticket


class Queue:
    """A list of tickets kept in queue order."""

    def __init__(self, rules: SimpleNamespace, sizes: Sizes) -> None:
        self.rules = rules
        self.sizes = sizes
        self.tickets: list[Ticket] = []

    def join(self, ticket: Ticket) -> None:
        """Put a ticket at its place."""
        bisect.insort(self.tickets, ticket, key=self._place)

    def replace(self, ticket: Ticket) -> None:
        """Put a ticket whose place may have changed there, if it is queued at all."""
        if ticket in self.tickets:
            self.tickets.remove(ticket)
            self.join(ticket)

    def of_category(self, category: int) -> list[Ticket]:
        """The queued tickets of one category, in queue order."""
        return [ticket for ticket in self.tickets if ticket.category == category]

    def has_room(self, category: int, num_open: int) -> bool:
        """Whether a ticket may come in, so many being open; requeued ones always may."""
        room = num_open < self.rules.max_open_tickets
        return bool(room and len(self.of_category(category)) < self.rules.max_per_category)

    def slots(self) -> list[Ticket | None]:
        """The K visible tickets, those that wait for another last; None for holes."""
        holes: list[Ticket | None] = [None] * self.sizes.slots
        if not self.rules.per_category:
            return [*sorted(self.tickets, key=_waits), *holes][: self.sizes.slots]
        each = self.sizes.slots // self.sizes.categories
        stretches = [
            [*sorted(self.of_category(category), key=_waits), *holes][:each]
            for category in range(self.sizes.categories)
        ]
        return [ticket for stretch in stretches for ticket in stretch]

    def _place(self, ticket: Ticket) -> tuple[int, int]:
        if self.rules.queue_order == BY_PRIORITY:
            return ticket.priority, ticket.number
        if self.rules.queue_order == BY_DEADLINE:
            return (NEVER if ticket.due is None else ticket.due), ticket.number
        return 0, ticket.number


def _waits(ticket: Ticket) -> bool:
    return ticket.waits
