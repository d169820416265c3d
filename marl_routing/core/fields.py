"""What every number of an observation is: names, ranges and, by their count, block widths."""

from typing import NamedTuple

from marl_routing.core.conversation_record import NUM_CONTEXT
from marl_routing.core.parameters import PEERS_FULL, PEERS_SUMMARY


class Field(NamedTuple):
    """One float of an observation: what it is called and the range it is clipped to."""

    name: str
    low: float
    high: float


MEANINGS = {
    "identity": "who I am: one-hot, or with `identity: rank` the one number (a + 0.5) / A",
    "expertise": "my expertise in each category",
    "load": "tickets I hold / my capacity",
    "working": "1 if I hold anything; on dynamic desks, if I work on a ticket or help with one",
    "work_category": "one-hot category of my first held ticket; on dynamic desks, of my first in "
    "work or else the one that I help with",
    "work_progress": "of that ticket: minutes served / (4 x the category's mean work)",
    "work_slack": "of that ticket: time left to its deadline / its target; 0 without a target; on "
    "dynamic desks to the earlier of the deadline in force and the original one",
    "work_in_hand": "expected steps of work in all tickets I hold / horizon",
    "on_shift": "1 while I am there; only where agents have shifts or days off",
    "resting": "tickets I hold that are pending or wait for another / my capacity; dynamic desks",
    "helping": "1 while I help with a colleague's ticket; dynamic desks",
    "customer_sentiment": "of the ticket I work on, 0 angry to 1 delighted; desks with customers",
    "customer_tier": "of that ticket: 0 basic, 0.5 premium, 1 vip; desks with customers",
    "customer_satisfaction": "of that ticket's customer now; desks with customers",
    "customer_prior": "of that ticket's customer at arrival; desks with customers",
    "customer_turns": "of that ticket: turns of this conversation / max_turns",
    "customer_progress": "of that ticket: steps of its solution done / needed",
    "customer_urgency": "of that ticket: 1 - p / P",
    "customer_escalated": "of that ticket: 1 if it was escalated before",
    "customer_context": "of that ticket: the entries of `customers.strategies.context`",
    "my_expertise": "my expertise in the slot's category",
    "my_rank": "1 / (1 + idle agents that arbitration puts before me); 0 if I cannot serve it",
    "best_other": "largest expertise of another idle agent that can serve it",
    "biddable": "1 if I may bid for the slot's ticket; only where agents bid",
    "slot_filled": "1 if the slot shows a ticket; else all its entries are 0",
    "slot_urgency": "1 - p / P of priority p of P: 1 for the most urgent",
    "slot_age": "age / (2 x resolution target); without a target, of the horizon",
    "slot_response_slack": "time left to the first-response deadline / its target; 0 without one; "
    "on dynamic desks as `work_slack`",
    "slot_waits": "1 if the ticket waits for another to be resolved; dynamic desks",
    "slot_reopened": "1 if the ticket was resolved before and came back; dynamic desks",
    "slot_sentiment": "0 for an angry customer to 1 for a delighted one; desks with customers",
    "slot_tier": "0 for a basic customer, 0.5 for premium, 1 for vip; desks with customers",
    "slot_escalated": "1 if the ticket was escalated before; desks with customers",
    "slot_category": "one-hot category of each slot; only with `window: oldest`",
    "peer_idle": "1 for an agent on shift that holds nothing (on dynamic desks: works on nothing "
    "and does not help); with `peers: full`",
    "peer_load": "tickets an agent holds / its capacity; with `peers: full`",
    "idle_share": "share of agents of whom `peer_idle` would be 1; with `peers: summary`",
    "mean_load": "mean of the agents' loads; with `peers: summary`",
    "idle_able": "agents idle and able to serve a category / A; with `peers: summary`",
    "queue_length": "tickets queued in each category / max_open_tickets",
    "backlog": "open tickets, queued or held / max_open_tickets",
    "clock": "step / horizon",
}


def _each(name: str, count: int, low: float = 0.0) -> list[Field]:
    return [Field(f"{name}[{i}]", low, 1.0) for i in range(count)]


def own_fields(
    agents: int, categories: int, one_hot: bool, shifts: bool, dynamic: bool, talks: bool
) -> list[Field]:
    """An agent's own block: who it is, what it can do and what it has in work."""
    return [
        *(_each("identity", agents) if one_hot else [Field("identity", 0.0, 1.0)]),
        *_each("expertise", categories),
        Field("load", 0.0, 1.0),
        Field("working", 0.0, 1.0),
        *_each("work_category", categories),
        Field("work_progress", 0.0, 1.0),
        Field("work_slack", -1.0, 1.0),
        Field("work_in_hand", 0.0, 1.0),
        *([Field("on_shift", 0.0, 1.0)] if shifts else []),
        *([Field("resting", 0.0, 1.0), Field("helping", 0.0, 1.0)] if dynamic else []),
        *(customer_fields() if talks else []),
    ]


def customer_fields() -> list[Field]:
    """The customer whom the agent talks to."""
    names = (
        "customer_sentiment",
        "customer_tier",
        "customer_satisfaction",
        "customer_prior",
        "customer_turns",
        "customer_progress",
        "customer_urgency",
        "customer_escalated",
    )
    return [*(Field(name, 0.0, 1.0) for name in names), *_each("customer_context", NUM_CONTEXT)]


def private_fields(slots: int, bidding: bool) -> list[Field]:
    """What the visible tickets are to this agent."""
    fields = [*_each("my_expertise", slots), *_each("my_rank", slots), *_each("best_other", slots)]
    return [*fields, *_each("biddable", slots)] if bidding else fields


def slot_fields(
    categories: int, slots: int, per_category: bool, dynamic: bool, talks: bool
) -> list[Field]:
    """The visible tickets, as everybody sees them."""
    fields = [
        *_each("slot_filled", slots),
        *_each("slot_urgency", slots),
        *_each("slot_age", slots),
        *_each("slot_response_slack", slots, low=-1.0),
    ]
    if dynamic:
        fields += [*_each("slot_waits", slots), *_each("slot_reopened", slots)]
    if talks:
        fields += _each("slot_sentiment", slots)
        fields += [*_each("slot_tier", slots), *_each("slot_escalated", slots)]
    if not per_category:
        fields += [
            Field(f"slot_category[{slot},{category}]", 0.0, 1.0)
            for slot in range(slots)
            for category in range(categories)
        ]
    return fields


def peer_fields(agents: int, categories: int, peers: int) -> list[Field]:
    """The team, in as much detail as the scenario shows."""
    if peers == PEERS_FULL:
        return [*_each("peer_idle", agents), *_each("peer_load", agents)]
    if peers == PEERS_SUMMARY:
        team = [Field("idle_share", 0.0, 1.0), Field("mean_load", 0.0, 1.0)]
        return [*team, *_each("idle_able", categories)]
    return []


def desk_fields(categories: int) -> list[Field]:
    """The queue and the clock."""
    desk = [Field("backlog", 0.0, 1.0), Field("clock", 0.0, 1.0)]
    return [*_each("queue_length", categories), *desk]


def shared_fields(
    agents: int,
    categories: int,
    slots: int,
    per_category: bool,
    peers: int,
    dynamic: bool,
    talks: bool,
) -> list[Field]:
    """The block that every agent sees: slots, peers, desk."""
    return [
        *slot_fields(categories, slots, per_category, dynamic, talks),
        *peer_fields(agents, categories, peers),
        *desk_fields(categories),
    ]


def observation_fields(
    agents: int,
    categories: int,
    slots: int,
    one_hot: bool,
    per_category: bool,
    peers: int,
    bidding: bool,
    shifts: bool,
    dynamic: bool,
    talks: bool,
) -> list[Field]:
    """Every entry of an observation, in order: own block, private slot block, shared block."""
    return [
        *own_fields(agents, categories, one_hot, shifts, dynamic, talks),
        *private_fields(slots, bidding),
        *shared_fields(agents, categories, slots, per_category, peers, dynamic, talks),
    ]
