"""Runs the kernel over a batch's buffers, each thread on a run of neighbouring desks."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.compiler import bind
from marl_routing.core.loops import run_desks

NUM_RULES = 4  # arrays that all desks share come first, then the states, then one blank record
RUNS = NUM_RULES + 2  # then which desks run


class Threads:
    """Threads that share a batch, each a run of neighbouring desks.

    Attributes:
        runs: the desks of each.
    """

    def __init__(self, num_envs: int, num_threads: int) -> None:
        bounds = np.linspace(0, num_envs, min(num_threads, num_envs) + 1).astype(int).tolist()
        self.runs = [slice(first, last) for first, last in pairwise(bounds)]
        self._pool: ThreadPoolExecutor | None = None

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_pool": None}

    def do(self, calls: Sequence[Callable[[], None]]) -> None:
        """Make one call of each thread, and wait for all."""
        if len(calls) == 1:
            calls[0]()
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(len(calls))
        for done in [self._pool.submit(call) for call in calls]:
            done.result()


class Runner:
    """The compiled tick with its arrays bound to it.

    Args:
        arrays: the array arguments of `run_desks`, in its order.
        num_envs: desks.
        num_threads: threads that share them.
        autoreset: as in `run_desks`.
    """

    def __init__(
        self,
        arrays: tuple[NDArray[Any], ...],
        num_envs: int,
        num_threads: int,
        autoreset: bool,
    ) -> None:
        self._arrays, self._autoreset = arrays, autoreset
        self._threads = Threads(num_envs, num_threads)
        self._forget_entries()

    def _forget_entries(self) -> None:
        self._entries: dict[tuple[bool, bool, bool], list[partial[None]]] = {}
        self._shows: dict[int, partial[None]] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if k not in ("_entries", "_shows")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._forget_entries()

    def run(
        self, ticks: bool, begins: bool, shows: bool, desks: NDArray[np.bool_] | None = None
    ) -> None:
        """Run `run_desks` over all desks, or over some."""
        runs = self._arrays[RUNS]
        if desks is not None:
            runs[:] = desks
        try:
            self._run((ticks, begins, shows))
        finally:
            runs[:] = True

    def _run(self, kind: tuple[bool, bool, bool]) -> None:
        entries = self._entries.get(kind)
        if entries is None:
            entries = [bind(run_desks, self._arguments(run, kind)) for run in self._threads.runs]
            self._entries[kind] = entries
        self._threads.do(entries)

    def show(self, env: int) -> None:
        """Write one desk's observations and masks anew, by the compiled code of `run`."""
        entry = self._shows.get(env)
        if entry is None:
            arguments = self._arguments(slice(env, env + 1), (False, False, True))
            entry = self._shows[env] = bind(run_desks, (*arguments[:-1], False))
        entry()

    def replace(self, old: NDArray[Any], new: NDArray[Any]) -> None:
        """From now on use `new`, of the same shape and type, in the place of a buffer of desks."""
        arrays = list(self._arrays)
        place = next(i for i, array in enumerate(arrays) if array is old)
        arrays[place] = new
        self._arrays = tuple(arrays)
        self._shows.clear()
        for entries in self._entries.values():
            for i, run in enumerate(self._threads.runs):
                before, after = entries[i].args[:place], entries[i].args[place + 1 :]
                entries[i] = partial(entries[i].func, *before, new[run], *after)

    def _arguments(self, run: slice, kind: tuple[bool, bool, bool]) -> tuple[Any, ...]:
        rules, states = self._arrays[:NUM_RULES], self._arrays[NUM_RULES]
        blank, buffers = self._arrays[NUM_RULES + 1], self._arrays[NUM_RULES + 2 :]
        # Without autoreset one unused row stands for the finals of all desks.
        own = [buffer[run] if len(buffer) == len(states) else buffer for buffer in buffers]
        return (*rules, states[run], blank, *own, *kind, self._autoreset)
