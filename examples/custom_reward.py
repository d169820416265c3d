"""Two reward terms of one's own: one in plain Python on whole-batch arrays, one compiled."""

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from marl_routing import DeskBatch
from marl_routing.core.batch import Batch
from marl_routing.core.user_terms import RewardTerm


def uneven_load(batch: Batch) -> NDArray[np.float32]:
    """(num_envs, num_agents): how many tickets more than the mean each agent holds."""
    held = batch.view().held.astype(np.float32)
    return held - held.mean(axis=1, keepdims=True)


@numba.njit
def idle(rules: Any, desk: Any, agent: int) -> float:
    """1 for an agent that holds nothing; `desk` is one desk's record (see core/record.py)."""
    return 1.0 if desk.held_count[agent] == 0 else 0.0


def main() -> None:
    terms = [
        RewardTerm("uneven_load", weight=-0.1, function=uneven_load),
        RewardTerm("idle", weight=-0.5, function=idle, compiled=True),
    ]
    plain = DeskBatch("small_desk", num_envs=8)
    desks = DeskBatch("small_desk", num_envs=8, reward_terms=terms)
    plain.reset(seed=0)
    desks.reset(seed=0)
    passes = np.zeros(desks.rewards.shape, np.int32)
    plain.step(passes)
    desks.step(passes)
    print("rewards without the terms:", plain.rewards[0])
    print("with them, everybody idle:", desks.rewards[0])


if __name__ == "__main__":
    main()
