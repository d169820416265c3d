"""Desks that play a tape, on the CPU or on a CUDA device, and what can be compared of them.

`python -m tests.core.cuda_play FILE` plays on the device the tapes in FILE, and writes what came of
them there. With NUMBA_ENABLE_CUDASIM=1 and NUMBA_DISABLE_JIT=1 the device is numba's simulator.
"""

import pickle
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from marl_routing import DeskBatch
from tests.core.desks import any_actions

ENVS, SEED, NEAR = 3, 7, 1e-5


class Tape(NamedTuple):
    """What to play: from the beginning, and from shortly before the horizon over it."""

    scenario: str
    first: list[NDArray[Any]]
    late: NDArray[Any]  # snapshot
    last: list[NDArray[Any]]


def record_tape(scenario: str, steps: int, envs: int = ENVS) -> Tape:
    """Mostly legal actions, from the CPU; the last begin `steps` // 2 before the horizon."""
    batch, rng = DeskBatch(scenario, envs), np.random.default_rng(SEED)
    tape = []
    batch.reset(SEED)
    for step in range(batch.scenario.time.horizon_steps + steps - steps // 2):
        if step == batch.scenario.time.horizon_steps - steps // 2:
            late = batch.snapshot()
        tape.append(any_actions(batch, rng))
        batch.step(tape[-1])
    return Tape(scenario, tape[:steps], late, tape[-steps:])


def play(tape: Tape, device: str) -> list[dict[str, Any]]:
    """Everything to be seen of the desks after each step."""
    batch = DeskBatch(tape.scenario, len(tape.late), device=device)
    seen = []
    batch.reset(SEED)
    for actions in tape.first:
        batch.step(actions)
        seen.append(_seen(batch))
    batch.restore(tape.late)
    for actions in tape.last:
        batch.step(actions)
        seen.append(_seen(batch))
    return seen


def _seen(batch: DeskBatch) -> dict[str, Any]:
    arrays = {
        name: np.array(getattr(batch, name))
        for name in ("action_masks", "observations", "rewards", "truncations")
    }
    arrays["states"] = batch.states.copy().view(np.ndarray)
    if arrays["truncations"].all():
        arrays["final_observations"] = np.array(batch.final_observations)
        arrays["final_tickets"] = np.array([m["tickets"] for m in batch.final_metrics if m])
    return arrays | {"state": np.array(batch.state())}


def assert_alike(ours: Any, theirs: Any, name: str = "") -> None:
    """Integers equal in every field, floats nearly so."""
    if ours.dtype.names is not None:
        for field in ours.dtype.names:
            assert_alike(ours[field], theirs[field], f"{name}.{field}")
    elif ours.dtype.kind == "f":
        np.testing.assert_allclose(ours, theirs, rtol=NEAR, atol=NEAR, err_msg=name)
    else:
        np.testing.assert_array_equal(ours, theirs, err_msg=name)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    played = [play(Tape(*tape), "cuda") for tape in pickle.loads(path.read_bytes())]
    path.write_bytes(pickle.dumps(played))
