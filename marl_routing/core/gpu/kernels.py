"""The CUDA kernels: each thread runs one desk, by the code that runs it on the CPU."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import cuda

from marl_routing.core import loops
from marl_routing.core.compiler import COMPILED
from marl_routing.core.random import mix
from marl_routing.core.record import Record

if COMPILED:
    from marl_routing.core.gpu.functions import compile_kernel, empty, fill, jit, on_device
else:
    from marl_routing.core.gpu.simulated import compile_kernel, empty, fill, jit, on_device

__all__ = [
    "compile_kernel",
    "empty",
    "fill",
    "grid",
    "open_desks",
    "read_bids",
    "read_choices",
    "run_desks",
    "write_states",
]

_THREADS = 32  # of a block; few, so that small batches reach all multiprocessors

_run_desks: Any = on_device(loops.run_desks)
_mix: Any = on_device(mix)
_jit: Callable[[Callable[..., None]], Any] = jit


def grid(threads: int) -> tuple[int, int]:
    """Blocks, and threads of a block, that make at least so many threads."""
    return -(-threads // _THREADS), _THREADS


def run_desks(
    desk: Record,
    calendar: Record,
    arrival_cdf: Record,
    trace: Record,
    states: Record,
    blank: Record,
    runs: Record,
    actions: Record,
    rewards: Record,
    truncations: Record,
    observations: Record,
    masks: Record,
    final_observations: Record,
    final_states: Record,
    ticks: bool,
    begins: bool,
    shows: bool,
    autoreset: bool,
) -> None:
    """`loops.run_desks`, every thread with a batch of one desk."""
    env = cuda.grid(1)
    if env < states.shape[0]:
        _run_desks(
            desk,
            calendar,
            arrival_cdf,
            trace,
            states[env : env + 1],
            blank,
            runs[env : env + 1],
            actions[env : env + 1],
            rewards[env : env + 1],
            truncations[env : env + 1],
            observations[env : env + 1],
            masks[env : env + 1],
            final_observations[env : env + 1],
            final_states[env : env + 1],
            ticks,
            begins,
            shows,
            autoreset,
        )


@_jit
def open_desks(states: Record, seed: np.uint64, seeded: bool) -> None:
    """Name the episode that each desk begins: episode 0 of its seed, or the next one."""
    env = cuda.grid(1)
    if env < states.shape[0]:
        if seeded:
            states[env].seed_key = _mix(seed + np.uint64(env))
            states[env].episode = 0
        else:
            states[env].episode += 1


@_jit
def read_choices(given: Record, actions: Record, most: int) -> None:
    """Write integers of any width as int32, what int32 cannot hold as what is no action either."""
    i = cuda.grid(1)
    if i < given.shape[0]:
        actions[i] = max(-1, min(given[i], most))


@_jit
def read_bids(given: Record, bids: Record, most: int) -> None:
    """Write numbers of any kind as float32."""
    i = cuda.grid(1)
    if i < given.shape[0]:
        bids[i] = given[i]


@_jit
def write_states(observations: Record, own: int, shared: int, states: Record) -> None:
    """Each desk's state vector: all agents' own blocks, and the block that they share."""
    env = cuda.grid(1)
    if env < states.shape[0]:
        agents, width = observations.shape[1], observations.shape[2]
        for agent in range(agents):
            for i in range(own):
                states[env, agent * own + i] = observations[env, agent, i]
        for i in range(shared):
            states[env, agents * own + i] = observations[env, 0, width - shared + i]
