"""What the triage operator sees: the desk at large, tickets row by row, engineers row by row."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from marl_routing.core.dispatch import NO_TICKET
from marl_routing.core.fields import Field
from marl_routing.core.record import NEVER, NOT_PENDING
from marl_routing.core.view import DeskView
from marl_routing.envs.dependencies import wait_for_others
from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.scenario import Scenario

Floats: TypeAlias = NDArray[np.float32]
Rows: TypeAlias = NDArray[np.int64]  # (N, T) index of the ticket in each row, -1: none

GLOBAL_FIELDS = {
    "clock": "step / horizon",
    "backlog": "open tickets / max_open_tickets",
    "queue": "tickets that nobody holds / max_open_tickets",
    "late": "open tickets past their resolution target / max_open_tickets",
    "free": "engineers on shift with nothing to work on / A",
    "expertise": "of each engineer in each category, as it is now",
}
TICKET_FIELDS = {
    "severity": "1 - p / P of priority p of P: 1 for the most urgent; 0: the row shows no ticket",
    "age": "age / (2 x resolution target); without a target, of the horizon",
    "category": "(c + 1) / C of category c of C",
    "sla_left": "time left to the resolution deadline (the earlier of that in force and the "
    "original one) / target; it stands while the SLA clock is paused; 0 without a target",
    "waits": "1 if it depends on another open ticket",
    "pending": "1 if it is blocked: it waits for its customer",
    "asked": "1 if its customer was asked before: it cannot be asked again and does not block",
    "work_left": "the category's mean work, as regressions and answers have changed it, less the "
    "minutes served / (4 x the largest mean work); nobody knows the true work",
    "holder": "(a + 1) / A of the engineer a of A who holds it; 0: in the queue",
}
ENGINEER_FIELDS = {
    "busy": "1 while at work on a ticket, helping, or off shift",
    "ticket": "(row + 1) / T of the ticket in work or helped with; 0: none, or not shown",
    "time_on_it": "minutes that ticket was served / (4 x the category's mean work)",
}


def observation_fields(scenario: Scenario, window: int) -> dict[str, list[Field]]:
    """Every entry of the three arrays, row by row."""
    agents, categories = range(len(scenario.agents.names)), range(len(scenario.categories))
    *scalars, expertise = GLOBAL_FIELDS
    pairs = [f"{expertise}[{agent},{category}]" for agent in agents for category in categories]
    return {
        "global": [Field(name, 0.0, 1.0) for name in (*scalars, *pairs)],
        "tickets": list(_each_row(TICKET_FIELDS, window)),
        "engineers": list(_each_row(ENGINEER_FIELDS, len(agents))),
    }


def _each_row(names: dict[str, str], rows: int) -> Iterator[Field]:
    for row in range(rows):
        for name in names:
            yield Field(f"{name}[{row}]", -1.0 if name == "sla_left" else 0.0, 1.0)


def observation_space(scenario: Scenario, window: int) -> spaces.Dict:
    """`global` (5 + A x C,), `tickets` (T, 9) and `engineers` (A, 3), float32."""
    rows = {"tickets": window, "engineers": len(scenario.agents.names)}
    boxes: dict[str, spaces.Space[Any]] = {}
    for name, fields in observation_fields(scenario, window).items():
        shape = (rows[name], -1) if name in rows else (-1,)
        low, high = (
            np.array(bounds, np.float32).reshape(shape)
            for bounds in zip(*((field.low, field.high) for field in fields), strict=True)
        )
        boxes[name] = spaces.Box(low, high, dtype=np.float32)
    return spaces.Dict(boxes)


def rows_of_tickets(desks: DeskBatch, window: int) -> Rows:
    """(N, T): the held tickets, engineer by engineer, then the queue in its order."""
    rows = np.full((desks.num_envs, window), NO_TICKET)
    listed = desks.open_tickets_of_desks()[:, :window]
    rows[:, : listed.shape[1]] = listed
    return rows


def observe(desks: DeskBatch, rows: Rows) -> dict[str, Floats]:
    """The three arrays, of N desks, made anew."""
    view = desks.view()
    return {
        "global": _see_desk(desks, view),
        "tickets": _see_tickets(desks, view, rows),
        "engineers": _see_engineers(desks, view, rows),
    }


def _see_desk(desks: DeskBatch, view: DeskView) -> Floats:
    """(N, 5 + A x C): the desk at large."""
    states, scenario = desks.states, desks.scenario
    listed = desks.open_tickets_of_desks()
    late = np.take_along_axis(states["tickets"]["breached"], listed, axis=1)
    most = scenario.queue.max_open_tickets
    numbers = [
        view.step / scenario.time.horizon_steps,
        states["num_open"] / most,
        view.queued.sum(axis=1) / most,
        np.where(listed >= 0, late, 0).sum(axis=1) / most,
        view.idle.mean(axis=1),
    ]
    expertise = states["expertise"].reshape(desks.num_envs, -1)
    return np.concatenate([np.stack(numbers, axis=1), expertise], axis=1).astype(np.float32)


def _see_tickets(desks: DeskBatch, view: DeskView, rows: Rows) -> Floats:
    """(N, T, 9): a row a ticket; all zeros where there is none."""
    states, scenario = desks.states, desks.scenario
    tickets = np.take_along_axis(states["tickets"], rows, axis=1)
    life = np.take_along_axis(states["life"], rows, axis=1)
    left = steps_left(desks, rows)
    category = tickets["category"]
    mean_minutes = view.mean_minutes[category]
    work_left = mean_minutes * life["scale"] - tickets["served"] * view.step_minutes
    age = (view.step[:, None] - tickets["arrived"]) * tickets["inverse_target"] / 2
    columns = {
        "severity": 1 - tickets["priority"] / view.num_priorities,
        "age": age,
        "category": (category + 1) / len(scenario.categories),
        "sla_left": np.where(left < NEVER, left * tickets["inverse_target"], 0),
        "waits": wait_for_others(states, rows),
        "pending": life["pending"] != NOT_PENDING,
        "asked": life["asked"],
        "work_left": np.maximum(work_left, 0) / (4 * view.mean_minutes.max()),
        "holder": (tickets["holder"] + 1) / len(scenario.agents.names),
    }
    seen = np.stack([columns[name] for name in TICKET_FIELDS], axis=2).clip(-1, 1)
    seen[rows < 0] = 0
    return seen.astype(np.float32)


def steps_left(desks: DeskBatch, tickets: Rows) -> Rows:
    """(N, T): steps until each ticket's resolution target is missed; NEVER without a target.

    Deferring puts no breach off, so the earlier of the deadlines in force and original counts; on
    a paused SLA clock, from where it stopped.
    """
    states = desks.states
    due = np.take_along_axis(states["tickets"]["due"], tickets, axis=1)
    life = np.take_along_axis(states["life"], tickets, axis=1)
    paused = (life["pending"] != NOT_PENDING) & desks.scenario.sla.pauses_while_pending
    clock = np.where(paused, life["pending_since"], states["step"][:, None])
    earlier = np.minimum(due, life["original_due"])
    return np.where(earlier < NEVER, earlier - clock, NEVER).astype(np.int64)


def _see_engineers(desks: DeskBatch, view: DeskView, rows: Rows) -> Floats:
    """(N, A, 3): a row an engineer."""
    states = desks.states
    on = np.where(states["current"] >= 0, states["current"], states["helping"])
    shown = (on[:, :, None] == rows[:, None, :]) & (on[:, :, None] >= 0)
    row = np.where(shown.any(axis=2), shown.argmax(axis=2) + 1, 0)
    tickets = np.take_along_axis(states["tickets"], on, axis=1)
    minutes = tickets["served"] * view.step_minutes
    time_on_it = minutes / (4 * view.mean_minutes[tickets["category"]])
    columns = {
        "busy": ~view.idle,
        "ticket": row / rows.shape[1],
        "time_on_it": np.where(on >= 0, time_on_it, 0).clip(0, 1),
    }
    return np.stack([columns[name] for name in ENGINEER_FIELDS], axis=2).astype(np.float32)
