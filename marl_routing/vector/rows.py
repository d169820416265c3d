"""Agents of many desks as rows: desk 0's agents first, then desk 1's."""

from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.envs.spaces import bid_box, observation_box


def row_spaces(desks: DeskBatch) -> tuple[spaces.Box, spaces.Space[Any]]:
    """Of one agent: its observations, and its actions or bids."""
    sizes = desks.parameters.sizes
    actions = bid_box(sizes.slots) if desks.bidding else spaces.Discrete(sizes.actions)
    return observation_box(desks.observation_fields()), actions


def as_rows(array: NDArray[Any]) -> NDArray[Any]:
    """(desks, agents, ...) as (desks x agents, ...), the same memory."""
    return array.reshape(-1, *array.shape[2:])


def by_desk(desks: DeskBatch, actions: NDArray[Any]) -> NDArray[Any]:
    """(desks x agents, ...) as (desks, agents, ...), the same memory."""
    given = np.asarray(actions)
    rows = desks.num_envs * desks.num_agents
    if given.shape[:1] != (rows,):
        raise ValueError(f"actions: expected {rows} rows, got an array of shape {given.shape}")
    return given.reshape(desks.num_envs, desks.num_agents, *given.shape[1:])


def legal_rows(desks: DeskBatch) -> NDArray[np.int8]:
    """A copy of all rows' masks: of actions, or where agents bid of the slots they may bid for."""
    masks = desks.action_masks[:, :, 1:] if desks.bidding else desks.action_masks
    return as_rows(masks.copy())
