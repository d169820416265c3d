"""One way to compile: cached on disk, releasing the GIL, plain IEEE arithmetic."""

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import config as numba_config

Kernel = TypeVar("Kernel", bound=Callable[..., object])

COMPILED: bool = not vars(numba_config)["DISABLE_JIT"]


def _fingerprint() -> str:
    """A hash of every kernel's source: numba itself looks only at one file."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


_FINGERPRINT = _fingerprint()


def _compile(function: Kernel, **options: bool) -> Kernel:
    if not COMPILED:
        return function
    # Kernels allocate nothing; without the runtime no reference is counted at every slice.
    options |= {"nogil": True, "_nrt": False}
    njit: Any = numba.njit
    try:
        dispatcher = njit(error_model="numpy", cache=True, **options)(function)
    except RuntimeError:  # no folder that can be written: compile anew in every process
        return cast(Kernel, njit(error_model="numpy", **options)(function))
    files = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    if files is not None:
        # A cached caller must not outlive a change in what it calls, nor two versions share files.
        files._source_stamp = _FINGERPRINT
        files._index_path += f".{_FINGERPRINT}"
        files._data_name_pattern = f"{_FINGERPRINT}.{files._data_name_pattern}"
    return cast(Kernel, dispatcher)


def kernel(function: Kernel) -> Kernel:
    """Compile what only kernels call: no time is spent on making it callable from Python."""
    return _compile(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def entry(function: Kernel) -> Kernel:
    """Compile what Python calls."""
    return _compile(function, no_cfunc_wrapper=True)


def bind(function: Callable[..., None], arguments: tuple[Any, ...]) -> Callable[[], None]:
    """`function` with its arguments, past numba's check of their types.

    For a single desk that check costs several times the tick. The arguments' arrays must stay.
    """
    if not COMPILED:
        return partial(function, *arguments)
    dispatcher: Any = function
    typeof: Any = numba.typeof
    return partial(dispatcher.compile(tuple(map(typeof, arguments))), *arguments)
