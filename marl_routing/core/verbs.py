"""What agents do besides accepting: escalate, defer, ask, release, transfer, swarm."""

from marl_routing.core.compiler import kernel, only_with
from marl_routing.core.conversation import forget_escalator, listen, respond
from marl_routing.core.deadlines import defer, escalate
from marl_routing.core.events import (
    INFO_REQUESTED,
    JOINED,
    NOBODY,
    RELEASED,
    TRANSFERRED,
    USED,
    note,
)
from marl_routing.core.lifecycle import send_back
from marl_routing.core.parameters import (
    DEFER,
    ESCALATE,
    RELEASE,
    REQUEST_INFO,
    RESPOND,
    SWARM,
    TRANSFER,
    Rules,
)
from marl_routing.core.pending import begin_pending
from marl_routing.core.queue import queue_transit
from marl_routing.core.record import WAS_ASKED, Record
from marl_routing.core.reward import credit_agent
from marl_routing.core.settling import is_pending, stop_helping
from marl_routing.core.terms import OPERATION

_ESCALATED, _DEFERRED = 1, 2  # desk.asked_slot


@only_with("life")
def use_verbs(rules: Rules, desk: Record, actions: Record) -> None:
    """Before the accepts: everybody's own tickets, then escalations, then deferrals."""
    parameters = rules.desk[0]
    first = 1 + desk.slots.shape[0]
    for slot in range(desk.slots.shape[0]):
        desk.asked_slot[slot] = 0
    listen(desk)
    for agent in range(desk.verb.shape[0]):
        verb = actions[agent] - first
        legal = 0 <= verb < desk.verb_mask.shape[1] and desk.verb_mask[agent, verb] != 0
        desk.verb[agent] = verb if legal else -1
        desk.target[agent] = -1
        if legal:
            _use(parameters, desk, agent, int(actions[agent]))
    if parameters.verb_at[ESCALATE] >= 0:
        for slot in range(desk.slots.shape[0]):
            if desk.asked_slot[slot] & _ESCALATED:
                escalate(rules, desk, int(desk.slots[slot]))
    if parameters.verb_at[DEFER] >= 0:
        for slot in range(desk.slots.shape[0]):
            if desk.asked_slot[slot] & _DEFERRED:
                defer(parameters, desk, int(desk.slots[slot]))


@kernel
def _use(rules: Record, desk: Record, agent: int, action: int) -> None:
    """Pay for a verb, and do it or note it down."""
    slots, at = desk.slots.shape[0], rules.verb_at
    verb = TRANSFER
    if at[ESCALATE] >= 0 and action < at[ESCALATE] + slots:
        verb = ESCALATE
        desk.asked_slot[action - at[ESCALATE]] |= _ESCALATED
    elif at[DEFER] >= 0 and action < at[DEFER] + slots:
        verb = DEFER
        desk.asked_slot[action - at[DEFER]] |= _DEFERRED
    elif at[SWARM] >= 0 and action < at[SWARM] + desk.current.shape[0]:
        verb = SWARM
        desk.target[agent] = desk.current[action - at[SWARM]]
    elif action == at[REQUEST_INFO]:
        verb = REQUEST_INFO
        request_info(rules, desk, int(desk.current[agent]))
    elif action == at[RELEASE]:
        verb = RELEASE
        _release(rules, desk, agent)
    elif at[TRANSFER] >= 0 and action < at[TRANSFER] + rules.team_serves.shape[0]:
        _transfer(rules, desk, agent, action - int(at[TRANSFER]))
    else:
        respond(desk, agent, action - int(at[RESPOND]))
        return
    charge_verb(rules, desk, verb, agent)


@kernel
def charge_verb(rules: Record, desk: Record, verb: int, agent: int) -> None:
    """An agent pays for a verb."""
    credit_agent(desk, OPERATION, agent, rules.operation_costs[verb])
    note(desk, USED, NOBODY, agent, verb)


@kernel
def request_info(rules: Record, desk: Record, index: int) -> None:
    """Ask the customer: the ticket is pending until the answer, and never blocks from now on."""
    life, ticket = desk.life[index], desk.tickets[index]
    steps = begin_pending(rules, desk, index, WAS_ASKED, rules.info_bits)
    life.asked = 1
    desk.info_requests += 1
    note(desk, INFO_REQUESTED, ticket.number, ticket.holder, steps)


@kernel
def _release(rules: Record, desk: Record, agent: int) -> None:
    index = int(desk.current[agent])
    if index < 0:
        stop_helping(desk, agent)
        return
    if rules.release_loses_work:
        desk.tickets[index].work = desk.life[index].full_work * desk.life[index].scale
    send_back(rules, desk, index)
    desk.released += 1
    note(desk, RELEASED, desk.tickets[index].number, agent, 0.0)


@kernel
def _transfer(rules: Record, desk: Record, agent: int, team: int) -> None:
    index = int(desk.current[agent])
    desk.life[index].team = team
    forget_escalator(desk, index)
    send_back(rules, desk, index)
    desk.transferred += 1
    note(desk, TRANSFERRED, desk.tickets[index].number, agent, team)


@only_with("life")
def finish_verbs(rules: Record, desk: Record) -> None:
    """After the accepts: what was given back is queued, then helpers join."""
    queue_transit(rules, desk)
    for agent in range(desk.target.shape[0]):
        if desk.target[agent] >= 0:
            _join(desk, agent, int(desk.target[agent]))


@kernel
def _join(desk: Record, agent: int, index: int) -> None:
    """Help with a ticket, unless its holder gave it away or asked its customer just now."""
    if desk.tickets[index].holder >= 0 and not is_pending(desk, index):
        join_swarm(desk, agent, index)


@kernel
def join_swarm(desk: Record, agent: int, index: int) -> None:
    """An agent helps with a colleague's ticket."""
    ticket = desk.tickets[index]
    desk.helping[agent] = index
    desk.helped_number[agent] = ticket.number
    desk.help_delay[agent] = -1
    desk.swarms += 1
    note(desk, JOINED, ticket.number, agent, ticket.holder)
