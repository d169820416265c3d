"""A batch's own buffers as rows, without copying: NumPy arrays, or PyTorch tensors."""

from typing import Any, NamedTuple

from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.vector.rows import as_rows


class SharedRows(NamedTuple):
    """What a `DeskBatch` writes, row i x A + a being agent a of desk i: arrays or tensors.

    They are the batch's memory: the next `reset`, `step`, `place` or `operate` of the batch writes
    over them. `observations` is left behind when the batch is renewed (`DeskBatch.renew`).

    Attributes:
        observations, final_observations: (rows, F) float32.
        action_masks: (rows, actions) int8.
        rewards: (rows,) float32.
        truncations: (rows,) bool.
    """

    observations: Any
    action_masks: Any
    rewards: Any
    truncations: Any
    final_observations: Any


def shared_rows(desks: DeskBatch) -> SharedRows:
    """NumPy views of the batch's buffers."""
    return SharedRows(*(as_rows(getattr(desks, name)) for name in SharedRows._fields))


def shared_tensors(desks: DeskBatch) -> SharedRows:
    """PyTorch tensors in the memory of the batch's buffers, on the CPU."""
    try:
        import torch
    except ImportError as error:
        raise ImportError(
            "shared_tensors needs PyTorch: pip install 'marl-routing[train]'"
        ) from error
    return SharedRows(*map(torch.from_numpy, shared_rows(desks)))
