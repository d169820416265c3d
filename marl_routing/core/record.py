"""The state record: one contiguous record a desk; every size lives in its dtype."""

from typing import Any, NamedTuple

import numpy as np

from marl_routing.core.auction_record import auction_dtype
from marl_routing.core.conversation_record import conversation_fields
from marl_routing.core.random import NUM_STREAMS
from marl_routing.core.terms import NUM_AGENT_TERMS, NUM_DESK_TERMS

Record = Any  # one desk's state or rules, as kernels see it

NEVER = 1 << 30  # a deadline that does not exist, in steps
QUEUED = -1  # ticket.holder when nobody holds it
GONE = -2  # ticket.holder once it has left the desk
RETURNING = -3  # ticket.holder of a resolved ticket that will come back
WHEEL = 64  # buckets of the timer wheel (a power of two)
WORK_SHAPES = 1024  # points of the unit-mean work table
PATIENCE_BITS = 32  # binary digits of a drawn patience
MOST_PHASES = 8  # of bursty arrivals
RECENT = 64  # tickets that may be depended on: the latest numbers

FIRST_RESPONSE, RESOLUTION, PATIENCE_ENDS = range(3)  # what a ticket's three timers wait for
NUM_TIMERS = 3


DYNAMIC_COUNTERS = (
    "escalated",
    "deferred",
    "info_requests",
    "released",
    "transferred",
    "reassigned",
    "swarms",
    "regressions",
    "blocks",
    "reopened",
    "pendings",
    "pending_steps",
)


class Sizes(NamedTuple):
    """What fixes the shape of a desk's record; desks of equal sizes share compiled code."""

    agents: int
    categories: int
    priorities: int
    slots: int  # K, the visible tickets
    tickets: int  # most open tickets
    capacity: int  # largest capacity of any agent
    bins: int  # steps a histogram can tell apart
    lists: int  # ordered lists that make up the queue: groups x levels
    own: int  # floats of an agent's own observation block
    private: int  # floats of its private slot block (3 a slot, 4 with bids)
    shared: int  # floats of the block that every agent sees
    bidding: bool  # agents bid
    actions: int  # columns of an action mask: pass, accepts, verbs
    teams: int = 0
    talks: bool = False  # customers: tickets are conversations
    dynamic: bool = False  # verbs, incidents, learning or customers: fields of the record
    events: int = 0  # events that a log holds; 0: no log

    @property
    def observed(self) -> int:
        """Floats of an agent's whole observation, F."""
        return self.own + self.private + self.shared


TICKET = np.dtype(
    [
        ("work", "f8"),  # minutes of nominal effort left (drawn work)
        ("number", "i4"),  # place in the arrival stream
        ("arrived", "i4"),  # step
        ("first_due", "i4"),  # step by which the first step of service is promised
        ("due", "i4"),  # step by which resolution is promised
        ("patience_ends", "i4"),  # step at which its customer gives up
        ("held_back", "i4"),  # clock at which a dispatcher decided to hold it back, -1: never
        ("accepted", "i4"),  # step of the first accept, -1 before
        ("served", "i4"),  # steps of service so far
        ("inverse_target", "f4"),  # 1 / (due - arrived); without a target 1 / horizon
        ("category", "i2"),
        ("priority", "i2"),
        ("holder", "i2"),  # agent, QUEUED, GONE or RETURNING
        ("delay", "i2"),  # steps of context switch left; -1: not begun
        ("breached", "i1"),  # resolution target missed and counted
        ("first_breached", "i1"),
        ("next", "i4"),  # neighbours in its queue list
        ("previous", "i4"),
        ("timer_next", "i4", (NUM_TIMERS,)),  # neighbours in the timer wheel
        ("timer_previous", "i4", (NUM_TIMERS,)),  # -2: not in the wheel
    ],
    align=True,
)


EVENT = np.dtype(
    [("step", "i4"), ("event", "i4"), ("ticket", "i4"), ("agent", "i4"), ("value", "f8")],
    align=True,
)


def log_dtype(capacity: int) -> np.dtype[np.void]:
    """The log of one desk's episode; events beyond the capacity are only counted."""
    return np.dtype([("count", "i4"), ("events", EVENT, (capacity,))], align=True)


NOT_PENDING, WAS_BLOCKED, WAS_ASKED = range(3)  # life.pending

LIFE = np.dtype(
    [
        ("waits_for", "i4"),  # number of the ticket it depends on, -1: none
        ("waits_index", "i4"),  # its place in the record
        ("team", "i2"),  # whose queue it is in, -1: everybody's
        ("reopened", "i2"),  # times it came back
        ("pending", "i1"),
        ("asked", "i1"),  # its customer was asked once
        ("awaited", "i1"),  # another ticket depends on it
        ("in_work", "i1"),
        ("scale", "f8"),  # of the work, by regressions and answers
        ("full_work", "f8"),  # minutes of nominal effort at arrival (drawn work)
        ("help", "f8"),  # speed that helpers add in this step
        ("pending_since", "i4"),
        ("returns", "i4"),  # clock at which the pending, or the way back, ends
        ("paused", "i4"),  # steps of the SLA clock spent pending in this stay
        ("original_due", "i4"),  # deadlines as at arrival, moved by pauses only
        ("original_first_due", "i4"),
        ("original_priority", "i2"),
        ("pendings", "i2"),  # times it was pending
        ("deferrals", "i2"),
        ("regressions", "i2"),
        ("resolver", "i2"),
    ],
    align=True,
)


def dynamic_fields(sizes: Sizes) -> list[Any]:
    """What only desks with verbs, incidents, learning or customers keep."""
    agents, categories, tickets = sizes.agents, sizes.categories, sizes.tickets
    verbs = max(1, sizes.actions - 1 - sizes.slots)
    return [
        ("settled", "i4", (agents,)),  # how many of its tickets are; -1: all has to be found anew
        ("current", "i4", (agents,)),  # oldest ticket in work, -1: none
        ("in_work", "i4", (agents,)),
        ("works_on", "i4", (agents, sizes.capacity)),  # the tickets in work, oldest first
        ("resting", "i4", (agents,)),  # held tickets that rest
        ("is_idle", "i1", (agents,)),  # free and on shift
        ("is_free", "i1", (agents,)),  # nothing of its own in work, helping nobody
        ("helping", "i4", (agents,)),  # ticket index, -1
        ("helped_number", "i4", (agents,)),  # its number
        ("help_delay", "i4", (agents,)),  # steps of context switch left; -1: not begun
        ("expertise", "f4", (agents, categories)),
        ("speed", "f8", (agents, categories)),
        ("handle_steps", "f4", (agents, categories)),
        ("by_expertise", "i4", (categories, agents)),  # agents, best first
        ("has_ties", "i4", (categories,)),
        ("team_masks", "i1", (1 + sizes.teams, 1 + sizes.slots)),  # slots open to no team, to each
        ("histories", "f4", (2 * sizes.slots,)),  # of the shown: which wait, which came back
        ("verbs_for_all", "i1", (verbs,)),
        ("verb_mask", "i1", (agents, verbs)),
        ("verb", "i4", (agents,)),  # column of the mask used this tick, -1
        ("target", "i4", (agents,)),  # ticket that the agent wants to join, -1
        ("asked_slot", "i1", (sizes.slots,)),  # 1: escalate, 2: defer, 3: both
        ("transit", "i4", (agents,)),  # tickets on their way to the queue
        ("num_transit", "i4"),
        ("away", "i4", (tickets,)),  # tickets pending or to be reopened
        ("num_away", "i4"),
        ("num_returning", "i4"),
        ("next_return", "i4"),  # no ticket comes back before this clock
        ("recent", "i4", (RECENT,)),  # place of ticket n at n modulo RECENT, -1
        *((name, "i4") for name in DYNAMIC_COUNTERS),
        ("life", LIFE, (tickets,)),  # of the ticket at the same place
    ]


def joint_action(sizes: Sizes) -> tuple[tuple[int, ...], Any]:
    """Shape and dtype of what one desk's agents send: an action each, or a bid for each slot."""
    if sizes.bidding:
        return (sizes.agents, sizes.slots), np.float32
    return (sizes.agents,), np.int32


def state_dtype(sizes: Sizes) -> np.dtype[np.void]:
    """The record of one desk: what every tick touches first, what few ticks touch last."""
    agents, categories, priorities = sizes.agents, sizes.categories, sizes.priorities
    hot = [
        ("keys", "u8", (NUM_STREAMS,)),  # one hash key a stream, of (seed, episode)
        ("seed_key", "u8"),
        ("episode", "i4"),
        ("step", "i4"),  # the clock
        ("next_number", "i4"),
        ("trace_next", "i4"),
        ("phase", "i4"),  # of bursty arrivals
        ("num_free", "i4"),
        ("num_queued", "i4"),
        ("num_open", "i4"),
        ("queued", "i4", (categories,)),  # queue length per category
        ("open", "i4", (categories,)),  # queued + held, per category
        ("head", "i4", (sizes.lists,)),
        ("tail", "i4", (sizes.lists,)),
        ("latest", "i4", (sizes.lists, priorities)),  # where the next such ticket is put, or later
        ("slots", "i4", (sizes.slots,)),  # ticket index in each visible slot, -1: a hole
        ("held_count", "i4", (agents,)),
        ("on_shift", "i1", (agents,)),
        ("held", "i4", (agents, sizes.capacity)),  # ticket indices, in order of acceptance
        ("idle_since", "i4", (agents,)),
        ("last_category", "i4", (agents,)),  # of the latest ticket begun, -1: none
        ("hand_steps", "f8", (agents,)),  # expected handle steps of the tickets held
        ("measured", "i4"),  # 1 once the warm-up is over
        ("waiting_reward", "f4"),  # waiting weights times open tickets, after the actions
        ("desk_terms", "f4", (NUM_DESK_TERMS,)),  # this tick's raw reward terms
        ("terms", "f4", (NUM_AGENT_TERMS, agents)),
        ("wheel", "i4", (WHEEL,)),
        ("free", "i4", (sizes.tickets,)),
        # scratch
        ("slot_category", "i4", (sizes.slots,)),  # -1: a hole
        ("chosen", "i4", (agents,)),  # slot each agent may accept this tick, -1: pass
        ("refused", "i1", (agents,)),  # 1 if the agent's action was illegal
        ("winner", "i4", (sizes.slots,)),  # who gets a slot's ticket this tick, -1: nobody
        ("reached", "i4", (categories,)),  # the ticket where a walk of the queue is, -1: none
        ("in_demand", "i1", (categories,)),  # 1 if any agent can accept such a ticket
        ("won", "i4", (agents,)),  # 1 if the agent accepted a ticket this tick
        ("order", "i4", (agents,)),  # agents in the order of arbitration's score
        ("group", "i4", (agents,)),  # some of the agents
        ("range_end", "i4", (agents + 1,)),  # by tie draw: where a range's part of `group` ends
        ("tie", "u8", (agents,)),
        ("place", "f4", (agents,)),  # 1 / (1 + idle agents that arbitration puts first)
        ("slot_mask", "i1", (1 + sizes.slots,)),
        ("shared", "f4", (sizes.shared,)),
    ]
    kpis = [
        ("initial", "i4"),
        ("arrivals", "i4"),
        ("resolved", "i4"),
        ("abandoned", "i4"),
        ("dropped", "i4"),
        ("accepts", "i4"),
        ("lost_accepts", "i4"),
        ("illegal_actions", "i4"),
        ("context_switches", "i4"),
        ("handed_over", "i4"),
        ("requeued", "i4"),
        ("breaches", "i4"),
        # from here on: tickets that arrived after the warm-up, and time after it
        ("kpi_arrivals", "i4"),
        ("kpi_resolved", "i4"),
        ("kpi_abandoned", "i4"),
        ("kpi_dropped", "i4"),
        ("kpi_accepted", "i4"),
        ("kpi_started", "i4"),
        ("first_met", "i4"),
        ("kpi_first_breached", "i4"),
        ("first_lost", "i4"),  # abandoned or dropped, first response neither met nor breached
        ("met", "i4", (priorities,)),
        ("breached", "i4", (priorities,)),
        ("lost", "i4", (priorities,)),  # abandoned or dropped, resolution not yet breached
        ("accept_wait", "i8"),  # steps waited to accept, over accepted tickets
        ("start_wait", "i8"),  # steps waited to first service, over tickets begun
        ("abandoned_accept_wait", "i8"),  # steps waited by tickets that left unaccepted
        ("abandoned_start_wait", "i8"),
        ("abandoned_unaccepted", "i4"),
        ("measured_steps", "i4"),
        ("open_area", "i8"),  # open tickets summed over measured steps
        ("queue_area", "i8"),
        ("match", "f8"),  # expertise summed over accepts
        ("busy", "i8", (agents,)),  # tickets in work summed over measured steps
        ("shift_steps", "i8", (agents,)),  # measured steps on shift
        ("resolved_by", "i4", (agents,)),
        ("reward", "f8", (agents,)),
        ("term_sums", "f8", (NUM_AGENT_TERMS + NUM_DESK_TERMS,)),
    ]
    tables: list[Any] = [
        ("tickets", TICKET, (sizes.tickets,)),
        ("resolution_by_priority", "i4", (priorities, sizes.bins)),  # histograms of steps
        ("resolution_by_category", "i4", (categories, sizes.bins)),
        ("wait_histogram", "i4", (sizes.bins,)),
    ]
    # Before the tickets: a record that began with all the fields of a smaller one would be taken
    # for a kind of that by the compiler.
    if sizes.bidding:
        tables.insert(0, ("auction", auction_dtype(agents, sizes.slots), (1,)))
    if sizes.talks:
        tables[:0] = conversation_fields(sizes.agents, sizes.categories, sizes.tickets)
    if sizes.dynamic:
        tables[:0] = dynamic_fields(sizes)
    if sizes.events:
        tables.insert(0, ("log", log_dtype(sizes.events), (1,)))
    return np.dtype(hot + kpis + tables, align=True)
