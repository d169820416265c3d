"""The event log: what happened when, to which ticket, by whom. Off, no code is made for it."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.compiler import only_with
from marl_routing.core.record import Record

EVENTS = (
    "arrived",
    "dropped",
    "accepted",
    "begun",
    "switched",
    "first_response",
    "resolved",
    "abandoned",
    "first_response_breached",
    "breached",
    "lost_accept",
    "illegal_action",
    "paid",
    "handed_over",
    "requeued",
    "came",
    "left",
    "escalated",
    "deferred",
    "info_requested",
    "blocked",
    "back",
    "released",
    "transferred",
    "reassigned",
    "joined",
    "parted",
    "regressed",
    "depends",
    "reopened",
    "used",
    "turn",
    "escalated_talk",
    "hung_up",
    "out_of_turns",
    "concluded",
    "customer",
)
(
    ARRIVED,
    DROPPED_EVENT,
    ACCEPTED,
    BEGUN,
    SWITCHED,
    RESPONDED,
    RESOLVED_EVENT,
    ABANDONED_EVENT,
    FIRST_BREACHED,
    BREACHED,
    LOST,
    ILLEGAL,
    PAID,
    HANDED_OVER,
    REQUEUED,
    CAME,
    LEFT,
    ESCALATED,
    DEFERRED,
    INFO_REQUESTED,
    BLOCKED,
    BACK,
    RELEASED,
    TRANSFERRED,
    REASSIGNED,
    JOINED,
    PARTED,
    REGRESSED,
    DEPENDS,
    REOPENED_EVENT,
    USED,
    TURNED,
    ESCALATED_TALK,
    HUNG_UP,
    OUT_OF_TURNS,
    CONCLUDED,
    CUSTOMER_EVENT,
) = range(len(EVENTS))
EVENT_ROOM = 1 << 14  # events of an episode that are kept
NOBODY = -1
"""An event's `agent` where none is concerned, and its `ticket` where none is."""

MEANINGS = {
    "arrived": "a ticket came in; value: category * priorities + priority",
    "dropped": "it was turned away at once (follows its arrival); value: the same",
    "accepted": "an agent took it; value: 0",
    "begun": "the agent turned to it for the first time; value: steps of delay by a context switch",
    "switched": "that was a context switch; value: the category left",
    "first_response": "its first step of service; value: steps waited since it arrived",
    "resolved": "done; value: steps since it arrived",
    "abandoned": "its customer gave up; agent: the holder; value: steps since it arrived",
    "first_response_breached": "the deadline passed unserved; agent: the holder; value: 0",
    "breached": "the resolution deadline passed; agent: the holder; value: 0",
    "lost_accept": "an agent's accept went to a colleague; value: 0",
    "illegal_action": "an agent did what its mask forbids, ticket -1; value: 0",
    "paid": "a ticket won by a bid; value: its price",
    "handed_over": "a ticket held at the end of a shift; agent: the new holder; value: the old one",
    "requeued": "a ticket held at the end of a shift is queued again; agent: who held it; value: 0",
    "came": "an agent is there from now on, ticket -1; value: 0 (at first everybody is there)",
    "left": "an agent is away from now on, ticket -1; value: 0",
    "escalated": "its priority was raised; agent: the holder; value: the new priority",
    "deferred": "its deadline was put off; agent: the holder; value: the deferrals so far",
    "info_requested": "its customer was asked: it is pending; value: the steps that this will last",
    "blocked": "it is pending by itself; value: the steps that this will last",
    "back": "it is pending no longer; agent: the holder; value: the steps that its deadline moved",
    "released": "its agent put it back into the queue; value: 0",
    "transferred": "its agent put it into a team's queue; value: the team",
    "reassigned": "an operator moved it; agent: the new holder; value: the old one",
    "joined": "an agent helps with it from now on; value: its holder",
    "parted": "an agent helps with it no longer; value: 0",
    "regressed": "the work left has grown; value: the regressions so far",
    "depends": "it waits for another (follows its arrival); value: the other's number",
    "reopened": "it came back; agent: who had resolved it; value: category * priorities + priority",
    "used": "an agent, or an operator in its name, pays for a verb, ticket -1; value: its index",
    "turn": "an agent talked to its customer; value: the strategy, 8 for saying nothing",
    "escalated_talk": "the agent passed the conversation on; value: 0",
    "hung_up": "the customer broke it off (it is abandoned); value: the CSAT",
    "out_of_turns": "it took too long (it is abandoned); value: the CSAT",
    "concluded": "the conversation ended well (it is resolved); value: the CSAT",
    "customer": "who it is from (follows its arrival); value: the tier",
}


@only_with("log", otherwise=False)
def keeps_log(desk: Record) -> bool:
    """Whether the desk keeps a log."""
    return True


@only_with("log")
def note(desk: Record, event: int, ticket: int, agent: int, value: float) -> None:
    """Log an event, if the desk keeps a log."""
    log = desk.log[0]
    if log.count < log.events.shape[0]:
        line = log.events[log.count]
        line.step = desk.step
        line.event = event
        line.ticket = ticket
        line.agent = agent
        line.value = value
    log.count += 1


def logged(log: Any) -> NDArray[np.void]:
    """The events of one desk's log; a warning if there were more than it holds."""
    count, room = int(log["count"]), len(log["events"])
    if count > room:
        warnings.warn(f"{count - room} events beyond the first {room} were lost", stacklevel=3)
    events: NDArray[np.void] = log["events"][: min(count, room)].copy()
    return events
