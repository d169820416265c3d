"""How a ticket changes hands and leaves the desk."""

from marl_routing.core.attainment import is_measured
from marl_routing.core.compiler import kernel
from marl_routing.core.events import ACCEPTED, note
from marl_routing.core.learning import expertise_of, handle_steps_of
from marl_routing.core.pending import forget_pending
from marl_routing.core.queue import join_queue, leave_queue
from marl_routing.core.record import GONE, NUM_TIMERS, QUEUED, Record
from marl_routing.core.reward import credit_agent
from marl_routing.core.settling import unsettle, unsettle_dependents
from marl_routing.core.terms import ACCEPT_BASE, EXPERTISE_BONUS, RESOLUTION_TIME
from marl_routing.core.timers import stop_timer


@kernel
def accept(rules: Record, desk: Record, index: int, agent: int) -> None:
    """An agent takes a queued ticket; only a ticket's first accept is paid and measured."""
    ticket = desk.tickets[index]
    leave_queue(rules, desk, index)
    if ticket.accepted < 0:
        _accept_first(rules, desk, ticket, agent)
    take(rules, desk, index, agent)
    desk.won[agent] = 1
    desk.accepts += 1
    note(desk, ACCEPTED, ticket.number, agent, 0.0)


@kernel
def _accept_first(rules: Record, desk: Record, ticket: Record, agent: int) -> None:
    category = ticket.category
    expertise = expertise_of(rules, desk, agent, category)
    handle_steps = handle_steps_of(rules, desk, agent, category)
    urgency = desk.met.shape[0] - ticket.priority
    credit_agent(desk, ACCEPT_BASE, agent, 1.0)
    credit_agent(desk, EXPERTISE_BONUS, agent, expertise)
    credit_agent(desk, RESOLUTION_TIME, agent, handle_steps * urgency)
    ticket.accepted = desk.step
    if is_measured(rules, ticket):
        waited = desk.step - ticket.arrived
        desk.kpi_accepted += 1
        desk.accept_wait += waited
        desk.wait_histogram[min(waited, desk.wait_histogram.shape[0] - 1)] += 1
        desk.match += expertise


@kernel
def take(rules: Record, desk: Record, index: int, agent: int) -> None:
    """Put a ticket at the end of an agent's held list."""
    ticket = desk.tickets[index]
    ticket.holder = agent
    desk.held[agent, desk.held_count[agent]] = index
    desk.held_count[agent] += 1
    desk.hand_steps[agent] += handle_steps_of(rules, desk, agent, ticket.category)


@kernel
def remove_held(rules: Record, desk: Record, index: int) -> None:
    """Take a ticket from its holder; the others keep their order."""
    ticket = desk.tickets[index]
    agent = ticket.holder
    count = desk.held_count[agent] - 1
    place = 0
    while desk.held[agent, place] != index:
        place += 1
    for later in range(place, count):
        desk.held[agent, later] = desk.held[agent, later + 1]
    desk.held_count[agent] = count
    unsettle(desk, agent)
    desk.hand_steps[agent] -= handle_steps_of(rules, desk, agent, ticket.category)
    if count == 0:
        desk.idle_since[agent] = desk.step


@kernel
def let_go(rules: Record, desk: Record, index: int) -> None:
    """A ticket leaves its holder's hands for other hands; whoever comes next has to turn to it."""
    remove_held(rules, desk, index)
    desk.tickets[index].delay = -1


@kernel
def send_back(rules: Record, desk: Record, index: int) -> None:
    """Out of its agent's hands, on its way to the queue, which it joins later in the tick."""
    let_go(rules, desk, index)
    desk.tickets[index].holder = QUEUED
    desk.transit[desk.num_transit] = index
    desk.num_transit += 1


@kernel
def depart(desk: Record, index: int) -> None:
    """The ticket leaves the desk for good."""
    forget_pending(desk, index)
    close(desk, index)
    desk.tickets[index].holder = GONE
    free_place(desk, index)


@kernel
def has_room(rules: Record, desk: Record, category: int) -> bool:
    """Whether a ticket of this category may come in."""
    room = desk.num_open < rules.max_open_tickets
    return bool(room and desk.queued[category] < rules.max_per_category)


@kernel
def open_up(rules: Record, desk: Record, index: int) -> None:
    """The ticket is open, and queued."""
    unsettle_dependents(desk, index)
    desk.open[desk.tickets[index].category] += 1
    desk.num_open += 1
    join_queue(rules, desk, index)


@kernel
def close(desk: Record, index: int) -> None:
    """The ticket is open no longer."""
    unsettle_dependents(desk, index)
    for timer in range(NUM_TIMERS):
        stop_timer(desk, index, timer)
    desk.open[desk.tickets[index].category] -= 1
    desk.num_open -= 1


@kernel
def free_place(desk: Record, index: int) -> None:
    """Another ticket may take this one's place in the record."""
    desk.free[desk.num_free] = index
    desk.num_free += 1
