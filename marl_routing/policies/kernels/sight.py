"""What a rule sees of one desk: arrays whose types are the same for all desks.

So the compiled rules are compiled once for `Policy.act`, whatever the desks' sizes.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.compiler import blank_records, kernel
from marl_routing.core.record import Record
from marl_routing.core.settling import helps, tickets_in_work
from marl_routing.core.view import DeskView
from marl_routing.policies.kernels.customers import CUSTOMER

MOST_KEYS = 5  # by which a rule ranks pairs, the tie included

SLOT = np.dtype(
    [
        ("category", "i4"),  # -1: a hole
        ("priority", "i4"),
        ("number", "i4"),
        ("due", "i4"),
        ("age", "i4"),  # steps since it arrived
        ("slack", "i4"),  # steps until it is due
        # found out by `keys.order_tickets`
        ("turn", "i4"),  # the smaller, the earlier in the queue
        ("waiting", "i4"),  # tickets left in its category when its turn comes, itself included
    ],
    align=True,
)
AGENT = np.dtype(
    [
        ("available", "i4"),  # would work on another ticket at once
        ("idle", "i4"),
        ("idle_since", "i4"),
        ("held", "i4"),
        ("capacity", "i4"),
        ("tie", "f8"),  # drawn
        ("turns", "i8"),  # behind the agent whose turn it is
        ("load", "f8"),  # what its tickets weigh, where tickets are pushed
        ("given", "i8"),  # when it was given its last ticket, likewise
    ],
    align=True,
)
PAIR = np.dtype([("keys", "f8", (MOST_KEYS,)), ("legal", "i1")], align=True)


class Assignment(NamedTuple):
    """Scratch of the optimal assignment; the names are those of `auction_dtype`."""

    worth: NDArray[np.float64]  # (A, K)
    slot_of: NDArray[np.int32]
    agent_of: NDArray[np.int32]  # (K + 1,), as all from here on if of columns
    agent_dual: NDArray[np.float64]
    slot_dual: NDArray[np.float64]
    shortest: NDArray[np.float64]
    path: NDArray[np.int32]
    slot_seen: NDArray[np.int8]
    left: NDArray[np.int32]


class Book(NamedTuple):
    """Scratch of the auction algorithm: bidders are agents, then keepers of slots."""

    prices: NDArray[np.float64]  # (K + A,) of slots, then of passes
    owner: NDArray[np.int32]  # (K + A,) bidder, -1: nobody
    got: NDArray[np.int32]  # (A + K,) what a bidder has, -1: nothing
    line: NDArray[np.int32]  # (A + K,) bidders that have nothing
    takes_part: NDArray[np.int8]  # (A + K,)


class Scratch(NamedTuple):
    """Where rules work."""

    chosen: NDArray[np.int32]  # (A,) actions, where agents bid
    pairs: NDArray[Any]  # (A, K) of PAIR
    order: NDArray[np.int64]  # (A,) agents that choose one after another
    merged: NDArray[np.int64]  # (A,) where they are sorted
    assignment: Assignment
    book: Book
    customer: NDArray[Any]  # (1,) of CUSTOMER


class Sight(NamedTuple):
    """One desk."""

    slots: NDArray[Any]  # (K,) of SLOT
    agents: NDArray[Any]  # (A,) of AGENT
    queued: NDArray[np.int32]  # (C,)
    masks: NDArray[np.int8]  # (A, 1 + K or more)
    scratch: Scratch


def scratch_for(agents: int, slots: int) -> Scratch:
    """For desks of so many agents and slots."""
    columns = slots + 1  # the last is for agents that get nothing
    assignment = Assignment(
        worth=np.zeros((agents, slots)),
        slot_of=np.zeros(agents, np.int32),
        agent_of=np.zeros(columns, np.int32),
        agent_dual=np.zeros(agents),
        slot_dual=np.zeros(columns),
        shortest=np.zeros(columns),
        path=np.zeros(columns, np.int32),
        slot_seen=np.zeros(columns, np.int8),
        left=np.zeros(slots, np.int32),
    )
    everybody = agents + slots
    book = Book(
        prices=np.zeros(everybody),
        owner=np.zeros(everybody, np.int32),
        got=np.zeros(everybody, np.int32),
        line=np.zeros(everybody, np.int32),
        takes_part=np.zeros(everybody, np.int8),
    )
    return Scratch(
        chosen=np.zeros(agents, np.int32),
        pairs=blank_records((agents, slots), PAIR),
        order=np.zeros(agents, np.int64),
        merged=np.zeros(agents, np.int64),
        assignment=assignment,
        book=book,
        customer=blank_records(1, CUSTOMER),
    )


def seen_slots(view: DeskView) -> NDArray[Any]:
    """(N, K) of SLOT, from a view."""
    slots = blank_records(view.category.shape, SLOT)
    for name in ("category", "priority", "number", "due"):
        slots[name] = getattr(view, name)
    slots["age"] = view.step[:, None] - view.arrived
    slots["slack"] = view.due - view.step[:, None]
    return slots


def seen_agents(view: DeskView) -> NDArray[Any]:
    """(N, A) of AGENT, from a view."""
    agents = blank_records(view.held.shape, AGENT)
    for name in ("available", "idle", "idle_since", "held", "capacity"):
        agents[name] = getattr(view, name)
    return agents


def seen_loads(view: DeskView, weights: NDArray[np.float32]) -> NDArray[np.float64]:
    """(N, A): what the tickets in each agent's hands weigh, by a rule's weights."""
    loads: NDArray[np.float64] = np.einsum("nacp,acp->na", view.in_hand, weights, dtype=np.float64)
    return loads


@kernel
def look(rules: Record, desk: Record, sight: Sight) -> None:
    """Write what the views above read, from one desk's record; `show` comes first."""
    for slot in range(desk.slots.shape[0]):
        seen = sight.slots[slot]
        seen.category = desk.slot_category[slot]
        if seen.category >= 0:
            ticket = desk.tickets[desk.slots[slot]]
            seen.priority = ticket.priority
            seen.number = ticket.number
            seen.due = ticket.due
            seen.age = desk.step - ticket.arrived
            seen.slack = ticket.due - desk.step
        else:
            seen.number = -1
    for agent in range(desk.held_count.shape[0]):
        hand = sight.agents[agent]
        busy = tickets_in_work(rules, desk, agent) + helps(desk, agent)
        there = desk.on_shift[agent] != 0
        hand.available = there & (busy < rules.concurrency[agent])
        hand.idle = there & (busy == 0)
        hand.idle_since = desk.idle_since[agent]
        hand.held = desk.held_count[agent]
        hand.capacity = rules.capacity[agent]
