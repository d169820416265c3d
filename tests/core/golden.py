"""Digests of whole episodes of the shipped scenarios, integers only, to notice any change of rules.

After a change that is meant, rewrite them with `python -m tests.core.golden`.
"""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from marl_routing import DeskBatch
from marl_routing.core.batch import Batch
from marl_routing.scenario import list_scenarios
from tests.core.desks import joint
from tests.oracle.draws import fold

PATH = Path(__file__).with_name("golden.json")
SEED = 2026
COUNTERS = (
    "step",
    "next_number",
    "resolved",
    "abandoned",
    "dropped",
    "accepts",
    "lost_accepts",
    "illegal_actions",
    "context_switches",
    "breaches",
    "queued",
    "held_count",
)


def tape(step: int, num_agents: int, num_actions: int) -> NDArray[np.int32]:
    """(1, A): each agent's action of one step, from a hash, so that no library can change it."""
    row = [fold(SEED, step, agent) % num_actions for agent in range(num_agents)]
    return np.array([row], np.int32)


def digest(name: str) -> str:
    """SHA-256 of everything that can be counted along one episode."""
    batch, trajectory = DeskBatch(name), hashlib.sha256()
    batch.reset(SEED)
    for step in range(batch.scenario.time.horizon_steps - 1):
        batch.step(joint(batch, tape(step, batch.num_agents, 1 + batch.num_slots)))
        for integers in _integers(batch):
            trajectory.update(np.ascontiguousarray(integers, "<i4").tobytes())
    return trajectory.hexdigest()


def _integers(batch: Batch) -> list[NDArray[np.integer]]:
    state = batch.states[0]
    numbers = state["tickets"]["number"]
    held = np.arange(state["held"].shape[1]) < state["held_count"][:, None]
    shown = np.where(state["slots"] < 0, -1, numbers[state["slots"]])
    return [
        *(state[name] for name in COUNTERS),
        numbers[state["held"][held]],
        shown,
        batch.action_masks[0],
    ]


def main() -> None:
    """Write the digests anew."""
    text = json.dumps({name: digest(name) for name in list_scenarios()}, indent=2) + "\n"
    temporary = PATH.with_suffix(".tmp")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, PATH)


if __name__ == "__main__":
    main()
