"""What an observation tells of customers."""

from marl_routing.core.compiler import only_with
from marl_routing.core.conversation_record import NUM_CONTEXT, NUM_SENTIMENTS, NUM_TIERS
from marl_routing.core.record import Record

_HAPPIEST, _HIGHEST_TIER = NUM_SENTIMENTS - 1.0, NUM_TIERS - 1.0


@only_with("talk")
def write_customer(rules: Record, desk: Record, agent: int, row: Record, at: int) -> None:
    """The customer of an agent's current ticket, zeros without one."""
    index = desk.current[agent]
    if index < 0:
        return  # the row was copied from the profile, which has zeros here
    ticket, talk = desk.tickets[index], desk.talk[index]
    row[at] = talk.sentiment / _HAPPIEST
    row[at + 1] = talk.tier / _HIGHEST_TIER
    row[at + 2] = talk.satisfaction
    row[at + 3] = talk.prior
    row[at + 4] = talk.turns / rules.max_turns
    row[at + 5] = min(1.0, talk.progress / rules.needs[ticket.category])
    row[at + 6] = 1.0 - ticket.priority / desk.met.shape[0]
    row[at + 7] = 1.0 if talk.escalated > 0 else 0.0
    for entry in range(NUM_CONTEXT):
        row[at + 8 + entry] = talk.context[entry]


def _no_customers(desk: Record, shared: Record, at: int) -> int:
    return at


@only_with("talk", otherwise=_no_customers)
def write_slot_customers(desk: Record, shared: Record, at: int) -> int:
    """Sentiment, tier and escalation of the tickets shown; return where the next block starts."""
    slots = desk.slots.shape[0]
    for slot in range(slots):
        index = desk.slots[slot]
        shown = 1.0 if index >= 0 else 0.0
        talk = desk.talk[max(0, index)]
        shared[at + slot] = shown * talk.sentiment / _HAPPIEST
        shared[at + slots + slot] = shown * talk.tier / _HIGHEST_TIER
        shared[at + 2 * slots + slot] = shown if talk.escalated > 0 else 0.0
    return int(at + 3 * slots)
