"""Reading what a policy sends: numbers of any kind; what is none is no action, never an error."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

PASS = 0
ILLEGAL = -1  # what no mask allows: the desk counts it and passes


def as_integer(action: object, num_actions: int) -> int:
    """The one integer in `action`, or ILLEGAL if there is none in 0..num_actions - 1."""
    try:
        value = np.asarray(action)
    except ValueError:  # ragged
        return ILLEGAL
    if value.size != 1 or value.dtype.kind not in "iub":
        return ILLEGAL
    number = int(value.item())
    return number if 0 <= number < num_actions else ILLEGAL


def as_integers(
    actions: object, shape: tuple[int, ...], num_actions: int | Sequence[int]
) -> NDArray[np.int64]:
    """Many actions at once, ILLEGAL where one is not in 0..num_actions - 1.

    Raises:
        ValueError: for anything but integers of this shape.
    """
    given = as_numbers(actions, shape, "iu")
    if given is None:
        raise ValueError(f"actions: expected an array of integers of shape {shape}")
    legal = (given >= 0) & (given < np.asarray(num_actions))
    return np.where(legal, given, ILLEGAL).astype(np.int64)


def read_bids(
    actions: Mapping[str, Any], agents: Sequence[str], num_slots: int
) -> NDArray[np.float32]:
    """(agents, K) bids in [0, 1]; an agent that is missing or sends no K numbers does not bid."""
    sent = [actions.get(agent) for agent in agents]
    bids = as_numbers(sent, (len(agents), num_slots), "fiub")
    if bids is None:  # somebody's cannot be read: one by one
        bids = np.zeros((len(agents), num_slots))
        for row, action in zip(bids, sent, strict=True):
            own = as_numbers(action, (num_slots,), "fiub")
            row[:] = 0.0 if own is None else own
    # A comparison with nan is false, so nan is no bid.
    return np.where(bids > 0.0, np.minimum(bids, 1.0), 0.0).astype(np.float32)


def as_numbers(value: object, shape: tuple[int, ...], kinds: str) -> NDArray[Any] | None:
    """The array of this shape and one of these kinds of dtype in `value`, or None."""
    try:
        array = np.asarray(value)
    except Exception:  # ragged, or whatever else the conversion of a foreign object raises
        return None
    return array if array.shape == shape and array.dtype.kind in kinds else None
