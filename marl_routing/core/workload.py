"""Service: what happens to the tickets in work in one step."""

from marl_routing.core.attainment import (
    count_answered,
    count_resolved,
    is_measured,
    promised_priority,
)
from marl_routing.core.compiler import kernel, only_with
from marl_routing.core.conversation import GOES_ON, RESOLVES, take_turn
from marl_routing.core.events import BEGUN, RESOLVED_EVENT, RESPONDED, note
from marl_routing.core.incidents import scale_of, strike, will_return
from marl_routing.core.learning import learn, speed_of
from marl_routing.core.lifecycle import depart, remove_held
from marl_routing.core.random import SERVE, SWITCH, fold, unit
from marl_routing.core.record import FIRST_RESPONSE, PATIENCE_ENDS, Record
from marl_routing.core.reward import credit_agent
from marl_routing.core.settling import ticket_in_work, tickets_in_work
from marl_routing.core.swarm import forget_help, help_colleagues, with_help
from marl_routing.core.switching import is_switch, switch_delay
from marl_routing.core.terms import RESOLVED
from marl_routing.core.timers import stop_timer


@kernel
def serve(rules: Record, desk: Record) -> None:
    """Every agent works one step on the first `concurrency` tickets that it holds."""
    help_colleagues(rules, desk)
    for agent in range(desk.held_count.shape[0]):
        in_work = tickets_in_work(rules, desk, agent)
        place = 0
        for nth in range(in_work):
            index = ticket_in_work(desk, agent, nth, place)
            outcome = _work_on(rules, desk, index, agent, in_work)
            forget_help(desk, index)
            if outcome == RESOLVES:
                _resolve(rules, desk, index, agent)
            elif outcome == GOES_ON:
                place += 1


@kernel
def _work_on(rules: Record, desk: Record, index: int, agent: int, in_work: int) -> int:
    """One step of service; GOES_ON, RESOLVES or LEAVES."""
    ticket = desk.tickets[index]
    if ticket.delay < 0:
        _begin(rules, desk, ticket, agent)
    if ticket.delay > 0:
        ticket.delay -= 1
        return GOES_ON
    if ticket.served == 0:
        _respond_first(rules, desk, index)
    return _advance(rules, desk, index, agent, in_work)


def _do_work(rules: Record, desk: Record, index: int, agent: int, in_work: int) -> int:
    ticket = desk.tickets[index]
    chance = unit(fold(fold(desk.keys[SERVE], ticket.number), ticket.served))
    ticket.served += 1
    speed = speed_of(rules, desk, agent, ticket.category)
    speed = speed / (1.0 + rules.concurrency_slowdown * (in_work - 1))
    done = with_help(desk, index, speed) * rules.step_minutes
    if rules.memoryless:
        finished = chance < done / (rules.mean_minutes[ticket.category] * scale_of(desk, index))
    else:
        ticket.work -= done
        left = ticket.work
        # A fraction of a step's work finishes at once with the complementary chance: means are
        # kept.
        finished = left <= 0.0 or (left < done and chance < 1.0 - left / done)
    if finished:
        return RESOLVES
    strike(rules, desk, index)
    return GOES_ON


@only_with("talk", otherwise=_do_work)
def _advance(rules: Record, desk: Record, index: int, agent: int, in_work: int) -> int:
    """The ticket comes a step nearer to its end: by work, or by talk."""
    desk.tickets[index].served += 1
    return take_turn(rules, desk, index, agent)


@kernel
def _begin(rules: Record, desk: Record, ticket: Record, agent: int) -> None:
    """Turn to a ticket for the first time; another category than the last one costs a delay."""
    ticket.delay = 0
    if is_switch(desk, ticket, agent):
        key = fold(fold(desk.keys[SWITCH], ticket.number), desk.step)
        ticket.delay = switch_delay(rules, key)
    note(desk, BEGUN, ticket.number, agent, ticket.delay)


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
        count_answered(desk, index)


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
        desk.resolution_by_priority[promised_priority(desk, index), steps] += 1
        desk.resolution_by_category[ticket.category, steps] += 1
        count_resolved(desk, index)
    remove_held(rules, desk, index)
    category = ticket.category
    if not will_return(rules, desk, index, agent):
        depart(desk, index)
    learn(rules, desk, agent, category)
