"""Which tickets cannot be worked on before another is resolved."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.record import QUEUED


def wait_for_others(desk: Any, tickets: Sequence[int] | NDArray[Any]) -> NDArray[np.bool_]:
    """For each ticket, whether the one that it depends on is open.

    Args:
        desk: record of a dynamic desk, or records (N,) of many.
        tickets: indices in the record, (T,) or (N, T).
    """
    life = np.take_along_axis(desk["life"], np.asarray(tickets, np.int64), axis=-1)
    other = np.take_along_axis(desk["tickets"], life["waits_index"], axis=-1)
    same = (life["waits_for"] >= 0) & (other["number"] == life["waits_for"])
    waits: NDArray[np.bool_] = same & (other["holder"] >= QUEUED)
    return waits
