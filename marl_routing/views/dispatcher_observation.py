"""What a dispatcher sees and may do, of many desks at once."""

from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from marl_routing.core.dispatch import NO_TICKET
from marl_routing.core.view import DeskView
from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.scenario import Scenario

GROUPS = {
    "current_ticket": ("ticket_type", "ticket_priority", "ticket_age"),
    "agents": ("agent_expertise", "agent_workload", "agent_availability"),
}

Tickets = NDArray[np.int64]  # (N,) index of the ticket on offer, -1: none
Takers = NDArray[np.bool_]  # (N, A) who may be given it


def observation_space(scenario: Scenario, nested: bool) -> spaces.Dict:
    """Of one desk: flat, or grouped under `current_ticket` and `agents`."""
    agents, categories = len(scenario.agents.names), len(scenario.categories)
    flat = {
        "ticket_type": spaces.Discrete(categories + 1),
        "ticket_priority": spaces.Discrete(len(scenario.priorities) + 1),
        "ticket_age": spaces.Box(0, 1, (1,), np.float32),
        "agent_expertise": spaces.Box(0, 1, (agents * categories,), np.float32),
        "agent_workload": spaces.Box(0, 1, (agents,), np.float32),
        "agent_availability": spaces.Box(0, 1, (agents,), np.float32),
        "queue_size": spaces.Discrete(scenario.queue.max_open_tickets + 1),
        "time_step": spaces.Discrete(scenario.time.horizon_steps + 1),
    }
    return _dict_space(_grouped(flat) if nested else flat)


def observe(
    desks: DeskBatch, view: DeskView, tickets: Tickets, takers: Takers, nested: bool
) -> dict[str, Any]:
    """Arrays of N rows, made anew."""
    categories = view.expertise.shape[1]
    ticket, none = _records(desks, tickets), tickets == NO_TICKET
    age = np.minimum(1.0, (view.step - ticket["arrived"]) * ticket["inverse_target"] / 2)
    flat = {
        "ticket_type": np.where(none, categories, ticket["category"].astype(np.int64)),
        "ticket_priority": np.where(none, view.num_priorities, ticket["priority"].astype(np.int64)),
        "ticket_age": np.where(none, 0.0, age).astype(np.float32)[:, None],
        "agent_expertise": np.tile(view.expertise.ravel(), (desks.num_envs, 1)),
        "agent_workload": (view.held / view.capacity).astype(np.float32),
        "agent_availability": takers.astype(np.float32),
        "queue_size": view.queued.sum(axis=1, dtype=np.int64),
        "time_step": view.step.astype(np.int64),
    }
    return _grouped(flat) if nested else flat


def can_take(desks: DeskBatch, view: DeskView, tickets: Tickets) -> Takers:
    """Who may be given the ticket on offer; all where there is none."""
    able = view.speed.T[_records(desks, tickets)["category"]] > 0
    free = (view.held < view.capacity) & view.on_shift
    takers: Takers = (free & able) | (tickets == NO_TICKET)[:, None]
    return takers


def action_masks(takers: Takers, allow_hold: bool) -> NDArray[np.int8]:
    """(N, actions): 1 where legal; all 1 where no ticket is on offer."""
    masks = takers.astype(np.int8)
    if not allow_hold:
        return masks
    return np.concatenate([masks, np.ones((len(masks), 1), np.int8)], axis=1)


def kpis(desks: DeskBatch, env: int) -> dict[str, float]:
    """One desk's KPIs so far, in minutes; 0 where there is no case yet (nan equals nothing)."""
    return {name: float(np.nan_to_num(value)) for name, value in desks.headline(env).items()}


def _records(desks: DeskBatch, tickets: Tickets) -> NDArray[Any]:
    """(N,): the tickets' records; anything where there is none."""
    records: NDArray[Any] = desks.states["tickets"][np.arange(desks.num_envs), tickets]
    return records


def _grouped(flat: dict[str, Any]) -> dict[str, Any]:
    grouped = {group: {name: flat[name] for name in names} for group, names in GROUPS.items()}
    taken = {name for names in GROUPS.values() for name in names}
    return grouped | {name: value for name, value in flat.items() if name not in taken}


def _dict_space(parts: dict[str, Any]) -> spaces.Dict:
    """A Dict space of spaces and, where a part is a dict itself, of Dict spaces."""
    return spaces.Dict(
        {name: _dict_space(p) if isinstance(p, dict) else p for name, p in parts.items()}
    )
