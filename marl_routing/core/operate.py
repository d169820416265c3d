"""An operator acts on any open ticket, the clock standing still."""

from marl_routing.core.actions import can_take, refuse
from marl_routing.core.compiler import kernel
from marl_routing.core.deadlines import can_defer, can_escalate, defer, escalate
from marl_routing.core.events import REASSIGNED, note
from marl_routing.core.lifecycle import accept, let_go, take
from marl_routing.core.parameters import (
    DEFER,
    ESCALATE,
    REASSIGN,
    REQUEST_INFO,
    SWARM,
    Rules,
)
from marl_routing.core.record import QUEUED, Record
from marl_routing.core.reward import charge_imbalance, clear_terms, pay
from marl_routing.core.settling import is_pending, settle
from marl_routing.core.verbs import charge_verb, join_swarm, request_info

OPERATIONS = ("assign", "escalate", "request_info", "defer", "swarm")
(
    ASSIGN_TICKET,
    ESCALATE_TICKET,
    REQUEST_TICKET_INFO,
    DEFER_TICKET,
    SWARM_TICKET,
) = range(len(OPERATIONS))


@kernel
def can_operate(rules: Record, desk: Record, operation: int, index: int, agent: int) -> bool:
    """Whether an operator may do this to an open ticket (-1: none) in the name of this agent."""
    if index < 0 or not 0 <= agent < desk.held_count.shape[0] or not desk.on_shift[agent]:
        return False
    ticket, at = desk.tickets[index], rules.verb_at
    held = ticket.holder >= 0
    if operation == ASSIGN_TICKET:
        takes = can_take(rules, desk, agent, index)
        movable = at[REASSIGN] >= 0 and ticket.holder != agent
        movable = movable and not is_pending(desk, index)
        return bool(takes and (not held or movable))
    if operation == ESCALATE_TICKET:
        return bool(at[ESCALATE] >= 0 and can_escalate(desk, index))
    if operation == DEFER_TICKET:
        return bool(at[DEFER] >= 0 and can_defer(rules, desk, index))
    if operation == REQUEST_TICKET_INFO:
        asks = at[REQUEST_INFO] >= 0 and held and not desk.life[index].asked
        return bool(asks and not is_pending(desk, index))
    if operation == SWARM_TICKET:
        joins = at[SWARM] >= 0 and desk.is_free[agent] and held and desk.life[index].in_work
        return bool(joins and rules.speed[agent, ticket.category] > 0.0)
    return False


@kernel
def operate(
    rules: Rules, desk: Record, operation: int, index: int, agent: int, rewards: Record
) -> None:
    """Act on an open ticket in the name of an agent; what it earns is paid into `rewards`.

    What is not possible is an illegal action: nothing happens, and the term is charged to the
    agent, if it exists.
    """
    parameters = rules.desk[0]
    clear_terms(parameters, desk)
    if can_operate(parameters, desk, operation, index, agent):
        _do(rules, desk, operation, index, agent)
        settle(parameters, desk)
    else:
        refuse(desk, agent)
    pay(parameters, desk, rewards)


@kernel
def _do(rules: Rules, desk: Record, operation: int, index: int, agent: int) -> None:
    parameters = rules.desk[0]
    verb = REASSIGN
    if operation == ASSIGN_TICKET:
        if desk.tickets[index].holder == QUEUED:
            accept(parameters, desk, index, agent)
            charge_imbalance(parameters, desk)
            return
        _reassign(parameters, desk, index, agent)
    elif operation == ESCALATE_TICKET:
        verb = ESCALATE
        escalate(rules, desk, index)
    elif operation == DEFER_TICKET:
        verb = DEFER
        defer(parameters, desk, index)
    elif operation == REQUEST_TICKET_INFO:
        verb = REQUEST_INFO
        request_info(parameters, desk, index)
    else:
        verb = SWARM
        join_swarm(desk, agent, index)
    charge_verb(parameters, desk, verb, agent)


@kernel
def _reassign(rules: Record, desk: Record, index: int, agent: int) -> None:
    before = desk.tickets[index].holder
    let_go(rules, desk, index)
    take(rules, desk, index, agent)
    desk.reassigned += 1
    note(desk, REASSIGNED, desk.tickets[index].number, agent, before)
