"""Hand-made views of two desks: what a policy sees, without a simulator."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from marl_routing.core.record import NEVER
from marl_routing.core.terms import TERMS


def view_of(
    *,
    queues: list[list[tuple[int, int]]],
    handle_steps: list[list[float]],
    held: list[list[int]] | None = None,
    idle_since: list[list[int]] | None = None,
    waiting: list[float] | None = None,
    shares: list[list[float]] | None = None,
    due: list[list[int]] | None = None,
    queued: list[list[int]] | None = None,
    numbers: list[int] | None = None,
    ages: list[int] | None = None,
    mix: list[float] | None = None,
    capacity: list[int] | None = None,
    in_hand: list[list[list[int]]] | None = None,
    abandonment: list[list[float]] | None = None,
    abandoned: float = 0.0,
    mean_minutes: list[float] | None = None,
    slots: int = 4,
) -> tuple[Any, np.ndarray]:
    """A view and its masks. A queue is a desk's tickets as (category, priority), first to last;
    `numbers` are their places in the arrival stream (default: the same order), `in_hand` what each
    agent holds of each category (default: `held` of the first)."""
    desks, agents, categories = len(queues), len(handle_steps), len(handle_steps[0])
    shape = (desks, slots)
    category, priority = np.full(shape, -1, np.int32), np.full(shape, -1, np.int32)
    filled, number = np.zeros(shape, np.bool_), np.full(shape, -1, np.int32)
    lengths = np.zeros((desks, categories), np.int32)
    deadlines = np.full(shape, NEVER, np.int32)
    for desk, queue in enumerate(queues):
        for slot, (kind, urgency) in enumerate(queue):
            category[desk, slot], priority[desk, slot] = kind, urgency
            filled[desk, slot], number[desk, slot] = 1, slot if numbers is None else numbers[slot]
            lengths[desk, kind] += 1
            if due is not None:
                deadlines[desk, slot] = due[desk][slot]
    holding = np.array(held if held is not None else np.zeros((desks, agents)), np.int32)
    handle = np.array(handle_steps, np.float32)
    hands = np.zeros((desks, agents, categories, 4), np.int32)
    hands[:, :, 0, 1] = holding
    if in_hand is not None:
        hands[:, :, :, 1] = in_hand
        holding = hands.sum(axis=(2, 3), dtype=np.int32)
    weights = np.zeros(len(TERMS), np.float32)
    weights[TERMS.index("abandoned")] = abandoned
    view = SimpleNamespace(
        step=np.full(desks, 100, np.int32),
        slots=np.where(filled, number, -1),
        filled=filled,
        category=category,
        priority=priority,
        arrived=number if ages is None else 100 - np.resize(ages, shape),
        number=number,
        due=deadlines,
        first_due=deadlines,
        held=holding,
        idle=holding == 0,
        available=holding < 1,
        idle_since=np.array(idle_since or np.zeros((desks, agents)), np.int32),
        queued=lengths if queued is None else np.array(queued, np.int32),
        handle_steps=handle,
        waiting_weights=np.array(waiting or [-1.0] * categories, np.float32),
        capacity=np.array(capacity or [10] * agents, np.int32),
        in_hand=hands,
        weights=weights,
        category_mix=np.array(mix or [1.0 / categories] * categories),
        abandonment=np.array(abandonment or np.zeros((categories, 4))),
        mean_minutes=np.array(mean_minutes or [10.0] * categories),
        concurrency=np.ones(agents, np.int32),
        shares=np.array(shares if shares is not None else np.ones_like(handle)),
        step_minutes=1.0,
        num_priorities=4,
    )
    room = (holding < view.capacity)[:, :, None]
    legal = filled[:, None, :] * (handle > 0)[:, category].transpose(1, 0, 2) * room
    masks = np.concatenate([np.ones((desks, agents, 1), np.int8), legal.astype(np.int8)], axis=2)
    return view, masks
