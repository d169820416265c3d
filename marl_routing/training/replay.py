"""What an off-policy algorithm of Stable-Baselines3 remembers, as tensors for a checkpoint."""

from typing import Any

import numpy as np
import torch


def buffer_state(buffer: Any) -> dict[str, Any]:
    """The arrays of a replay buffer, its place and whether it is full; of none nothing."""
    if buffer is None:
        return {}
    return {
        name: _as_tensors(value) for name, value in vars(buffer).items() if _is_memory(value)
    } | {"pos": buffer.pos, "full": buffer.full}


def restore_buffer(buffer: Any, state: dict[str, Any]) -> None:
    """Fill a buffer of the same sizes with what another held."""
    for name, value in state.items():
        setattr(buffer, name, _as_arrays(value))


def _is_memory(value: Any) -> bool:
    arrays = value.values() if isinstance(value, dict) else [value]
    return all(isinstance(array, np.ndarray) for array in arrays)


def _as_tensors(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: torch.from_numpy(array) for name, array in value.items()}
    return torch.from_numpy(value)


def _as_arrays(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: tensor.numpy() for name, tensor in value.items()}
    return value.numpy() if isinstance(value, torch.Tensor) else value
