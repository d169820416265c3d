"""Gymnasium spaces of a desk, from what the core says of its own numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from marl_routing.core.record import Sizes

Fields = Sequence[tuple[str, float, float]]  # name, lowest and highest value of each entry


def observation_box(fields: Fields) -> spaces.Box:
    """The space of one agent's observation: float32, one entry a field."""
    return _box(np.array([[low, high] for _, low, high in fields], np.float32))


def state_box(fields: Fields, sizes: Sizes) -> spaces.Box:
    """The space of the whole desk's state: every agent's own block, then the shared block."""
    bounds = np.array([[low, high] for _, low, high in fields], np.float32)
    own, shared = bounds[: sizes.own], bounds[sizes.own + sizes.private :]
    return _box(np.concatenate([np.tile(own, (sizes.agents, 1)), shared]))


def bid_box(num_slots: int) -> spaces.Box:
    """The space of one agent's bids: one for each visible slot."""
    return spaces.Box(0.0, 1.0, (num_slots,), np.float32)


def masked(box: spaces.Box, num_actions: int) -> spaces.Dict:
    """An observation that carries its action mask."""
    mask = spaces.Box(0, 1, (num_actions,), np.int8)
    return spaces.Dict({"observation": box, "action_mask": mask})


def _box(bounds: NDArray[np.floating[Any]]) -> spaces.Box:
    return spaces.Box(bounds[:, 0], bounds[:, 1], dtype=np.float32)
