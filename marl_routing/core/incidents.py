"""What goes wrong: work grows, blocks, depends on other work, and comes back."""

from marl_routing.core.breaches import drop
from marl_routing.core.compiler import kernel, only_with
from marl_routing.core.conversation import begin_conversation, discontent, talk_again
from marl_routing.core.deadlines import scale_age
from marl_routing.core.events import (
    BLOCKED,
    DEPENDS,
    DROPPED_EVENT,
    NOBODY,
    REGRESSED,
    REOPENED_EVENT,
    note,
)
from marl_routing.core.learning import begin_learning, expertise_of
from marl_routing.core.lifecycle import close, free_place, has_room, open_up
from marl_routing.core.parameters import Rules
from marl_routing.core.pending import begin_pending, end_pending, gather_returns, send_away
from marl_routing.core.queue import queue_transit
from marl_routing.core.random import (
    BLOCK,
    DEPENDENCY,
    REGRESSION,
    REOPEN,
    RETURN,
    fold,
    geometric,
    unit,
)
from marl_routing.core.record import (
    GONE,
    NEVER,
    NOT_PENDING,
    QUEUED,
    RECENT,
    RESOLUTION,
    RETURNING,
    WAS_BLOCKED,
    Record,
)
from marl_routing.core.reward import credit_agent
from marl_routing.core.terms import REOPENED, RESOLVED
from marl_routing.core.timers import start_timer


@only_with("life")
def begin_dynamics(rules: Record, desk: Record) -> None:
    """An empty desk's agents and tickets, before anything arrives."""
    begin_learning(rules, desk)
    for agent in range(desk.is_free.shape[0]):
        desk.is_free[agent] = 1
        desk.helping[agent] = -1
        desk.current[agent] = -1
    for place in range(RECENT):
        desk.recent[place] = -1
    desk.next_return = NEVER


@only_with("life")
def begin_life(rules: Record, desk: Record, index: int) -> None:
    """What an admitted ticket starts with."""
    ticket, life = desk.tickets[index], desk.life[index]
    life.scale = 1.0
    life.full_work = ticket.work
    life.help = 0.0
    life.paused = 0
    life.original_due = ticket.due
    life.original_first_due = ticket.first_due
    life.original_priority = ticket.priority
    life.pendings = 0
    life.deferrals = 0
    life.regressions = 0
    life.reopened = 0
    life.team = -1
    life.pending = NOT_PENDING
    life.asked = 0
    life.awaited = 0
    life.in_work = 0
    begin_conversation(rules, desk, index)
    _draw_dependency(rules, desk, index)
    desk.recent[ticket.number % RECENT] = index


@kernel
def _draw_dependency(rules: Record, desk: Record, index: int) -> None:
    """Maybe an earlier ticket has to be resolved first, if it is open; so there is no cycle."""
    number, life = desk.tickets[index].number, desk.life[index]
    life.waits_for = -1
    key = fold(desk.keys[DEPENDENCY], number)
    if unit(fold(key, 0)) >= rules.dependency_probability:
        return
    other = number - 1 - int(rules.dependency_within * unit(fold(key, 1)))
    if other < 0:
        return
    place = desk.recent[other % RECENT]
    if place >= 0 and desk.tickets[place].number == other and desk.tickets[place].holder >= QUEUED:
        life.waits_for = other
        life.waits_index = place
        desk.life[place].awaited = 1
        note(desk, DEPENDS, number, NOBODY, other)


@only_with("life")
def strike(rules: Record, desk: Record, index: int) -> None:
    """A ticket that was worked on and is not done: its work may grow, it may block."""
    ticket, life = desk.tickets[index], desk.life[index]
    if life.regressions < rules.most_regressions:
        key = fold(fold(desk.keys[REGRESSION], ticket.number), ticket.served)
        if unit(key) < rules.regression_probability:
            ticket.work *= 1.0 + rules.regression_growth
            life.scale *= 1.0 + rules.regression_growth
            life.regressions += 1
            desk.regressions += 1
            note(desk, REGRESSED, ticket.number, ticket.holder, life.regressions)
    if rules.block_probability > 0.0 and not life.asked:
        key = fold(fold(desk.keys[BLOCK], ticket.number), ticket.served)
        if unit(key) < rules.block_probability:
            steps = begin_pending(rules, desk, index, WAS_BLOCKED, rules.block_bits)
            desk.blocks += 1
            note(desk, BLOCKED, ticket.number, ticket.holder, steps)


@only_with("life", otherwise=1.0)
def scale_of(desk: Record, index: int) -> float:
    """What regressions and answers made of a ticket's work, as a multiple."""
    return float(desk.life[index].scale)


@only_with("life", otherwise=False)
def will_return(rules: Record, desk: Record, index: int, agent: int) -> bool:
    """Whether a ticket just resolved comes back; if so, it is on its way."""
    ticket, life = desk.tickets[index], desk.life[index]
    if life.reopened >= rules.most_reopens or desk.num_returning >= rules.max_open_tickets:
        return False
    expertise = expertise_of(rules, desk, agent, ticket.category)
    chance = rules.reopen_at_0 + (rules.reopen_at_1 - rules.reopen_at_0) * expertise
    chance *= discontent(desk, index)
    if unit(fold(fold(desk.keys[REOPEN], ticket.number), life.reopened)) >= chance:
        return False
    close(desk, index)
    ticket.holder = RETURNING
    life.resolver = agent
    key = fold(fold(desk.keys[RETURN], ticket.number), life.reopened)
    send_away(desk, index, geometric(key, rules.reopen_bits))
    desk.num_returning += 1
    return True


@only_with("life")
def come_back(rules: Rules, desk: Record) -> None:
    """Escalated tickets; those whose customers answered and resolved ones, in order of number."""
    queue_transit(rules.desk[0], desk)
    back = gather_returns(desk)
    for place in range(desk.num_away, desk.num_away + back):
        index = int(desk.away[place])
        if desk.tickets[index].holder == RETURNING:
            _reopen(rules, desk, index)
        else:
            end_pending(rules, desk, index)


@kernel
def _reopen(rules: Rules, desk: Record, index: int) -> None:
    ticket, life, parameters = desk.tickets[index], desk.life[index], rules.desk[0]
    desk.num_returning -= 1
    desk.reopened += 1
    life.reopened += 1
    credit_agent(desk, RESOLVED, life.resolver, -1.0)
    credit_agent(desk, REOPENED, life.resolver, 1.0)
    talk_again(parameters, desk, index, life.resolver)
    kind = ticket.category * desk.met.shape[0] + ticket.priority
    note(desk, REOPENED_EVENT, ticket.number, life.resolver, kind)
    measured = desk.step >= parameters.warm_up_steps
    desk.kpi_arrivals += measured
    due = rules.calendar[desk.step, 1 + desk.met.shape[0] + ticket.priority]
    if not has_room(parameters, desk, ticket.category):
        drop(desk, ticket.priority, measured, due, NEVER)
        ticket.holder = GONE
        free_place(desk, index)
        note(desk, DROPPED_EVENT, ticket.number, NOBODY, kind)
        return
    ticket.arrived = desk.step
    ticket.due = due
    ticket.first_due = NEVER
    scale_age(parameters, ticket)
    ticket.breached = 0
    ticket.delay = -1
    ticket.work = life.full_work * parameters.reopen_work_share
    life.scale = parameters.reopen_work_share
    life.paused = 0
    life.original_due = due
    life.original_first_due = NEVER
    life.original_priority = ticket.priority
    start_timer(desk, parameters.horizon_steps, index, RESOLUTION)
    open_up(parameters, desk, index)
