"""Where tickets come from: the exogenous arrival stream, the same for every policy on one seed."""

from marl_routing.core.breaches import drop
from marl_routing.core.compiler import kernel
from marl_routing.core.deadlines import scale_age
from marl_routing.core.events import ARRIVED, DROPPED_EVENT, NOBODY, note
from marl_routing.core.incidents import begin_life, come_back
from marl_routing.core.lifecycle import has_room, open_up
from marl_routing.core.parameters import BERNOULLI, BURSTY, TRACE, Rules
from marl_routing.core.random import (
    ARRIVAL,
    CATEGORY,
    PATIENCE,
    PHASE,
    PRIORITY,
    WORK,
    draw_from,
    fold,
    geometric,
    unit,
)
from marl_routing.core.record import (
    FIRST_RESPONSE,
    NEVER,
    PATIENCE_ENDS,
    RESOLUTION,
    Record,
)
from marl_routing.core.timers import start_timer


@kernel
def arrive(rules: Rules, desk: Record) -> None:
    """The tickets of this step come in; at step 0 the initial backlog, then a trace's rows."""
    come_back(rules, desk)
    parameters = rules.desk[0]
    process = parameters.arrival_process
    if process == BURSTY:
        _change_phase(parameters, desk)
    backlog = parameters.initial_backlog if desk.step == 0 else 0
    before = desk.next_number
    for candidate in range(-backlog, _num_candidates(rules, desk)):
        category, priority, work = -1, -1, -1.0
        if candidate >= 0 and process == BERNOULLI:
            chance = unit(fold(fold(desk.keys[ARRIVAL], desk.step), candidate))
            if chance >= parameters.bernoulli[candidate]:
                continue
            category = candidate
        elif candidate >= 0 and process == TRACE:
            row = rules.trace[desk.trace_next]
            category, priority, work = int(row[1]), int(row[2]), row[3]
            desk.trace_next += 1
        _admit(rules, desk, category, priority, work)
    desk.initial += backlog
    desk.arrivals += desk.next_number - before - backlog


@kernel
def _num_candidates(rules: Rules, desk: Record) -> int:
    """How many tickets arrive in this step, or for `bernoulli` may arrive: one a category."""
    process = rules.desk[0].arrival_process
    if process == TRACE:
        row = desk.trace_next
        while row < rules.trace.shape[0] and rules.trace[row, 0] <= desk.step:
            row += 1
        return int(row - desk.trace_next)
    if desk.step == 0:
        return 0
    if process == BERNOULLI:
        return int(desk.queued.shape[0])
    chance = unit(fold(desk.keys[ARRIVAL], desk.step))
    row = desk.phase if process == BURSTY else rules.calendar[desk.step, 0]
    return _first_above(rules.arrival_cdf[row], chance)


@kernel
def _change_phase(parameters: Record, desk: Record) -> None:
    """Phases follow one another in a circle; at step 0 one is drawn by the time spent in each."""
    chance = unit(fold(desk.keys[PHASE], desk.step))
    if desk.step == 0:
        desk.phase = _first_above(parameters.phase_cdf, chance)
    elif chance < parameters.leave_phase[desk.phase]:
        desk.phase = (desk.phase + 1) % parameters.num_phases


@kernel
def _admit(rules: Rules, desk: Record, category: int, priority: int, work: float) -> None:
    """Number the next ticket, draw what is not given (below 0 or nan), and queue or drop it."""
    parameters = rules.desk[0]
    number = desk.next_number
    desk.next_number += 1
    if category < 0:
        category = draw_from(parameters.category_cdf, unit(fold(desk.keys[CATEGORY], number)))
    if priority < 0:
        priority = draw_from(
            parameters.priority_cdf[category], unit(fold(desk.keys[PRIORITY], number))
        )
    kind = category * desk.met.shape[0] + priority
    note(desk, ARRIVED, number, NOBODY, kind)
    measured = desk.step >= parameters.warm_up_steps
    desk.kpi_arrivals += measured
    if not has_room(parameters, desk, category):
        note(desk, DROPPED_EVENT, number, NOBODY, kind)
        promised = 1 + priority
        due = rules.calendar[desk.step, promised + desk.met.shape[0]]
        drop(desk, priority, measured, due, rules.calendar[desk.step, promised])
        return
    desk.num_free -= 1
    index = int(desk.free[desk.num_free])
    ticket = desk.tickets[index]
    ticket.number = number
    ticket.category = category
    ticket.priority = priority
    ticket.work = work
    if not parameters.memoryless and not work > 0.0:
        shape = parameters.work_shape
        place = int(shape.shape[0] * unit(fold(desk.keys[WORK], number)))
        ticket.work = parameters.mean_minutes[category] * shape[place]
    _open(rules, desk, index)


@kernel
def _open(rules: Rules, desk: Record, index: int) -> None:
    parameters = rules.desk[0]
    ticket = desk.tickets[index]
    priorities = desk.met.shape[0]
    step = desk.step
    ticket.arrived = step
    ticket.first_due = rules.calendar[step, 1 + ticket.priority]
    ticket.due = rules.calendar[step, 1 + priorities + ticket.priority]
    scale_age(parameters, ticket)
    ticket.patience_ends = NEVER
    if parameters.has_patience:
        ticket.patience_ends = step + _draw_patience(parameters, desk, ticket)
    ticket.held_back = -1
    ticket.accepted = -1
    ticket.served = 0
    ticket.delay = -1
    ticket.breached = 0
    ticket.first_breached = 0
    begin_life(parameters, desk, index)
    start_timer(desk, parameters.horizon_steps, index, FIRST_RESPONSE)
    start_timer(desk, parameters.horizon_steps, index, RESOLUTION)
    start_timer(desk, parameters.horizon_steps, index, PATIENCE_ENDS)
    open_up(parameters, desk, index)


@kernel
def _first_above(cdf: Record, chance: float) -> int:
    """`draw_from` for a long table, whose first entries are the likeliest."""
    value = 0
    while chance >= cdf[value]:
        value += 1
    return value


@kernel
def _draw_patience(parameters: Record, desk: Record, ticket: Record) -> int:
    """The steps after which the customer gives up."""
    bits = parameters.patience_bits[ticket.category, ticket.priority]
    return min(geometric(fold(desk.keys[PATIENCE], ticket.number), bits), NEVER)
