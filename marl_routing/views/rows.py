"""One row of what is told of many desks; a view of one desk tells the first."""

from typing import Any

import numpy as np


def row_of(told: Any, row: int) -> Any:
    """Of arrays, in dicts or tuples or alone, one row: arrays, or plain Python scalars."""
    if isinstance(told, dict):
        return {name: row_of(value, row) for name, value in told.items()}
    if isinstance(told, tuple):
        return tuple(row_of(value, row) for value in told)
    own = told[row]
    return own.item() if isinstance(own, np.generic) else own
