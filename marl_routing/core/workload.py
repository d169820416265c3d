"""Service: what happens to the tickets in work in one step."""

from marl_routing.core.compiler import kernel
from marl_routing.core.events import BEGUN, RESOLVED_EVENT, RESPONDED, SWITCHED, note
from marl_routing.core.lifecycle import depart, is_measured, remove_held
from marl_routing.core.random import SERVE, SWITCH, fold, unit
from marl_routing.core.record import FIRST_RESPONSE, NEVER, PATIENCE_ENDS, Record
from marl_routing.core.reward import credit_agent
from marl_routing.core.terms import CONTEXT_SWITCH, RESOLVED
from marl_routing.core.timers import stop_timer


@kernel
def serve(rules: Record, desk: Record) -> None:
    """Every agent works one step on the first `concurrency` tickets that it holds."""
    for agent in range(desk.held_count.shape[0]):
        in_work = desk.on_shift[agent] * min(desk.held_count[agent], rules.concurrency[agent])
        place = 0
        for _ in range(in_work):
            index = int(desk.held[agent, place])
            if _work_on(rules, desk, index, agent, in_work):
                _resolve(rules, desk, index, agent)
            else:
                place += 1


@kernel
def _work_on(rules: Record, desk: Record, index: int, agent: int, in_work: int) -> bool:
    """One step of service; whether it finishes the ticket."""
    ticket = desk.tickets[index]
    if ticket.delay < 0:
        _begin(rules, desk, ticket, agent)
    if ticket.delay > 0:
        ticket.delay -= 1
        return False
    if ticket.served == 0:
        _respond_first(rules, desk, index)
    chance = unit(fold(fold(desk.keys[SERVE], ticket.number), ticket.served))
    ticket.served += 1
    speed = rules.speed[agent, ticket.category]
    speed = speed / (1.0 + rules.concurrency_slowdown * (in_work - 1))
    if rules.memoryless:
        mean = rules.mean_minutes[ticket.category]
        return bool(chance < speed * rules.step_minutes / mean)
    done = speed * rules.step_minutes
    ticket.work -= done
    left = ticket.work
    # A fraction of a step's work finishes at once with the complementary chance: means are kept.
    return bool(left <= 0.0 or (left < done and chance < 1.0 - left / done))


@kernel
def _begin(rules: Record, desk: Record, ticket: Record, agent: int) -> None:
    """Turn to a ticket for the first time; another category than the last one costs a delay."""
    ticket.delay = 0
    last = desk.last_category[agent]
    desk.last_category[agent] = ticket.category
    if last >= 0 and last != ticket.category:
        _switch(rules, desk, ticket, agent)
        note(desk, SWITCHED, ticket.number, agent, last)
    note(desk, BEGUN, ticket.number, agent, ticket.delay)


@kernel
def _switch(rules: Record, desk: Record, ticket: Record, agent: int) -> None:
    desk.context_switches += 1
    credit_agent(desk, CONTEXT_SWITCH, agent, 1.0)
    if rules.switch_steps > 0.0:
        whole = int(rules.switch_steps)
        chance = unit(fold(fold(desk.keys[SWITCH], ticket.number), desk.step))
        ticket.delay = whole + (1 if chance < rules.switch_steps - whole else 0)


@kernel
def _respond_first(rules: Record, desk: Record, index: int) -> None:
    """The first step of service answers the customer and ends their impatience."""
    ticket = desk.tickets[index]
    stop_timer(desk, index, FIRST_RESPONSE)
    stop_timer(desk, index, PATIENCE_ENDS)
    note(desk, RESPONDED, ticket.number, ticket.holder, desk.step - 1 - ticket.arrived)
    if is_measured(rules, ticket):
        desk.kpi_started += 1
        desk.start_wait += desk.step - 1 - ticket.arrived
        if ticket.first_due < NEVER and not ticket.first_breached:
            desk.first_met += 1


@kernel
def _resolve(rules: Record, desk: Record, index: int, agent: int) -> None:
    ticket = desk.tickets[index]
    desk.resolved += 1
    credit_agent(desk, RESOLVED, agent, 1.0)
    note(desk, RESOLVED_EVENT, ticket.number, agent, desk.step - ticket.arrived)
    if is_measured(rules, ticket):
        desk.kpi_resolved += 1
        desk.resolved_by[agent] += 1
        last_bin = desk.wait_histogram.shape[0] - 1
        steps = min(desk.step - ticket.arrived, last_bin)
        desk.resolution_by_priority[ticket.priority, steps] += 1
        desk.resolution_by_category[ticket.category, steps] += 1
        if ticket.due < NEVER and not ticket.breached:
            desk.met[ticket.priority] += 1
    remove_held(rules, desk, index)
    depart(desk, index)
