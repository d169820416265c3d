"""What a triage operator is told beside the observation, of many desks at once."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.operate import OPERATIONS
from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.views.paid_terms import Amounts
from marl_routing.views.triage_observation import Rows

VERBS = (*OPERATIONS, "noop")
NOOP = VERBS.index("noop")

Masks: TypeAlias = NDArray[np.int8]


def infos(desks: DeskBatch, rows: Rows, paid: Amounts) -> dict[str, Any]:
    """Arrays of N numbers; `sla_breaches` as charged, unlike the KPI `breaches`."""
    states = desks.states
    counts = {
        "backlog_count": "num_open",
        "total_resolved": "resolved",
        "sla_breaches": "breaches",
        "illegal_actions": "illegal_actions",
    }
    return {
        **{name: states[field].astype(np.int64) for name, field in counts.items()},
        "reward_terms": paid,
        "action_mask": factor_masks(desks, rows),
    }


def factor_masks(desks: DeskBatch, rows: Rows) -> tuple[Masks, Masks, Masks]:
    """(N, 6), (N, T), (N, A): what some operation has that is possible; all 1 where none is."""
    possible = desks.operation_masks_of_desks(rows)
    noop = np.ones((len(rows), 1), np.int8)
    verbs: Masks = np.concatenate([possible.max(axis=(2, 3)), noop], axis=1)
    tickets: Masks = possible.max(axis=(1, 3))
    engineers: Masks = possible.max(axis=(1, 2))
    nothing = 1 - tickets.max(axis=1, keepdims=True)
    return verbs, tickets | nothing, engineers | nothing
