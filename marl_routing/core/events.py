"""The event log: what happened when, to which ticket, by whom. Off, no code is made for it."""

import warnings
from typing import Any

import numpy as np
from numba.extending import overload
from numpy.typing import NDArray

from marl_routing.core.compiler import COMPILED, kernel
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
}


def _write(desk: Record, event: int, ticket: int, agent: int, value: float) -> None:
    log = desk.log[0]
    if log.count < log.events.shape[0]:
        line = log.events[log.count]
        line.step = desk.step
        line.event = event
        line.ticket = ticket
        line.agent = agent
        line.value = value
    log.count += 1


def _note(desk: Record, event: int, ticket: int, agent: int, value: float) -> None:
    if "log" in desk.dtype.names:
        _write(desk, event, ticket, agent, value)


def _nothing(desk: Record, event: int, ticket: int, agent: int, value: float) -> None:
    pass


def _choose(desk: Record, event: int, ticket: int, agent: int, value: float) -> Any:
    """What `_note` compiles to, by the fields of the desk's record."""
    return _write if "log" in desk.fields else _nothing


if COMPILED:
    _overload: Any = overload(_note)
    _overload(_choose)


@kernel
def note(desk: Record, event: int, ticket: int, agent: int, value: float) -> None:
    """Log an event, if the desk keeps a log. Compiled, a desk without one has nothing here."""
    _note(desk, event, ticket, agent, value)


def logged(log: Any) -> NDArray[np.void]:
    """The events of one desk's log; a warning if there were more than it holds."""
    count, room = int(log["count"]), len(log["events"])
    if count > room:
        warnings.warn(f"{count - room} events beyond the first {room} were lost", stacklevel=3)
    events: NDArray[np.void] = log["events"][: min(count, room)].copy()
    return events
