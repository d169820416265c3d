"""What a conversation looks like to the agent who leads it, of many desks at once."""

from typing import Any, TypeAlias, cast

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from marl_routing.core.conversation_record import (
    NUM_CONTEXT,
    NUM_SENTIMENTS,
    NUM_STRATEGIES,
    TIERS,
)
from marl_routing.envs.actions import PASS
from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.views.conversation_desk import AGENT, FIELDS
from marl_routing.views.paid_terms import Amounts

MINUTES_AN_HOUR = 60.0
*SINGLE, CONTEXT = FIELDS
RUNNING = "running"
OUTCOMES = {  # and the desk's counter of each
    "resolved": "resolved",
    "escalated": "escalations",
    "hung_up": "hang_ups",
    "out_of_turns": "turn_limits",
}

Tickets: TypeAlias = NDArray[np.int64]  # (N,) place of each desk's only ticket in the record


def observation_space() -> spaces.Space[NDArray[np.float32]]:
    """Of one conversation: a Box (17,) float32."""
    space: Any = spaces.Box(0.0, 1.0, (len(SINGLE) + NUM_CONTEXT,), np.float32)
    return cast(spaces.Space[NDArray[np.float32]], space)


def accepts(desks: DeskBatch) -> NDArray[np.int32]:
    """(N, 2): the actions by which each agent takes the ticket that waits for it."""
    actions = np.zeros((desks.num_envs, 2), np.int32)
    slots = desks.action_masks[:, AGENT, PASS + 1 :]
    actions[:, AGENT] = PASS + 1 + slots.argmax(axis=1)
    return actions


def observe(desks: DeskBatch, tickets: Tickets) -> NDArray[np.float32]:
    """(N, 17), made anew; also of conversations that are over."""
    scenario = desks.scenario
    ticket, talk = of_each(desks, "tickets", tickets), of_each(desks, "talk", tickets)
    minutes = talk["talked"] * scenario.time.step_minutes
    assert scenario.customers is not None
    single = {
        "inquiry_type": (ticket["category"] + 1) / len(scenario.categories),
        "sentiment": talk["sentiment"] / (NUM_SENTIMENTS - 1),
        "urgency": 1 - ticket["priority"] / len(scenario.priorities),
        "turns": talk["talked"] / scenario.customers.max_turns,
        "tier": talk["tier"] / (len(TIERS) - 1),
        "prior_satisfaction": talk["prior"],
        "time_in_conversation": np.minimum(1.0, minutes / MINUTES_AN_HOUR),
    }
    columns = np.stack([single[name] for name in SINGLE], axis=1)
    return np.concatenate([columns, talk["context"]], axis=1).astype(np.float32)


def of_each(desks: DeskBatch, table: str, tickets: Tickets) -> NDArray[Any]:
    """(N,): a row of each desk's table of that name."""
    rows: NDArray[Any] = desks.states[table][np.arange(desks.num_envs), tickets]
    return rows


def outcomes(desks: DeskBatch) -> NDArray[np.object_]:
    """(N,) str: how each conversation ended, read off the desk's counters."""
    told = np.full(desks.num_envs, RUNNING, object)
    for outcome, count in OUTCOMES.items():
        told[desks.states[count] > 0] = outcome
    return told


def action_masks(desks: DeskBatch, over: NDArray[np.bool_]) -> NDArray[np.int8]:
    """(N, 8): which strategies are legal; all 1 where the conversation is over."""
    masks = desks.action_masks[:, AGENT, -NUM_STRATEGIES:]
    return np.where(over[:, None], np.int8(1), masks)


def infos(desks: DeskBatch, tickets: Tickets, paid: Amounts) -> dict[str, Any]:
    """Arrays of N."""
    talk, outcome = of_each(desks, "talk", tickets), outcomes(desks)
    return {
        "outcome": outcome,
        "csat": talk["satisfaction"].astype(np.float64),
        "sentiment": talk["sentiment"].astype(np.int64),
        "turns": talk["talked"].astype(np.int64),
        "reward_terms": paid,
        "action_mask": action_masks(desks, outcome != RUNNING),
    }
