"""Infos of many rows in the form that Gymnasium 1 gives them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.views.rows import row_of

Flags = NDArray[np.bool_]  # (desks,) or (rows,)


def with_flags(told: dict[str, Any], rows: Flags) -> dict[str, Any]:
    """Beside each name, in dicts within too, `_name`: the rows of which it tells something."""
    infos: dict[str, Any] = {}
    for name, value in told.items():
        infos[name] = with_flags(value, rows) if isinstance(value, dict) else value
        infos[f"_{name}"] = rows.copy()
    return infos


def finals(observations: Any, info: dict[str, Any], rows: Flags) -> dict[str, Any]:
    """What same-step autoreset adds: the last observations and infos of rows that ended.

    Args:
        observations: of all rows, arrays in dicts or alone.
        info: of all rows, with flags.
        rows: those that ended.
    """
    last = np.full(len(rows), None, object)
    for row in np.flatnonzero(rows).tolist():
        last[row] = row_of(observations, row)
    return {
        "final_obs": last,
        "_final_obs": rows.copy(),
        "final_info": info,
        "_final_info": rows.copy(),
    }
