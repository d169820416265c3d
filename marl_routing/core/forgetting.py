"""What nobody at a desk can know is drawn anew, so that a copy does not foresee the future."""

import numpy as np

from marl_routing.core.compiler import entry, kernel
from marl_routing.core.random import (
    ABSENCE,
    NUM_STREAMS,
    PATIENCE,
    WORK,
    fold,
    geometric,
    mix,
    unit,
)
from marl_routing.core.record import NEVER, PATIENCE_ENDS, Record
from marl_routing.core.timers import start_timer, stop_timer

TRIES = 64  # draws of a work that must exceed what is done already


@entry
def forget_desks(desk: Record, states: Record, seed: np.uint64, calls: int) -> None:
    """Give N desks another future: arrivals, service, patience, and the work that tickets hide.

    Who has which day off stays, as does the phase of bursty arrivals.

    Args:
        desk: (1,) of rules_dtype, of a scenario that is not dynamic.
        states: (N,) records, changed in place.
        seed, calls: of the futures, one a desk; equal ones give equal futures.
    """
    for env in range(states.shape[0]):
        _forget(desk[0], states[env], fold(fold(mix(seed), calls), env))


@kernel
def _forget(rules: Record, desk: Record, key: np.uint64) -> None:
    for stream in range(NUM_STREAMS):
        if stream != ABSENCE:
            desk.keys[stream] = fold(key, stream)
    for which in range(desk.head.shape[0]):
        index = desk.head[which]
        while index >= 0:
            _forget_ticket(rules, desk, index, 0.0)
            index = desk.tickets[index].next
    for agent in range(desk.held_count.shape[0]):
        for place in range(desk.held_count[agent]):
            index = desk.held[agent, place]
            speed = rules.speed[agent, desk.tickets[index].category]
            _forget_ticket(rules, desk, index, speed)


@kernel
def _forget_ticket(rules: Record, desk: Record, index: int, speed: float) -> None:
    ticket = desk.tickets[index]
    if rules.has_patience and ticket.served == 0:
        stop_timer(desk, index, PATIENCE_ENDS)
        bits = rules.patience_bits[ticket.category, ticket.priority]
        # Geometric: how long the customer has waited says nothing of how long they will.
        steps = geometric(fold(desk.keys[PATIENCE], ticket.number), bits)
        ticket.patience_ends = desk.step + min(steps, NEVER)
        start_timer(desk, rules.horizon_steps, index, PATIENCE_ENDS)
    if not rules.memoryless:
        done = ticket.served * speed * rules.step_minutes
        ticket.work = _draw_rest(rules, desk, ticket, done)


@kernel
def _draw_rest(rules: Record, desk: Record, ticket: Record, done: float) -> float:
    """The work left of a ticket of which so much is done, in minutes: of works that exceed it."""
    key, shape = fold(desk.keys[WORK], ticket.number), rules.work_shape
    for i in range(TRIES):
        place = int(shape.shape[0] * unit(fold(key, i)))
        left = rules.mean_minutes[ticket.category] * shape[place] - done
        if left > 0.0:
            return float(left)
    return float(rules.step_minutes)
