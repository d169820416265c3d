"""One way to compile: cached on disk, releasing the GIL, plain IEEE arithmetic."""

import gc
import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import config as numba_config

from marl_routing.core.parts import PartCompiler, convert_arguments

Kernel = TypeVar("Kernel", bound=Callable[..., object])

COMPILED: bool = not vars(numba_config)["DISABLE_JIT"]


def _fingerprint() -> str:
    """A hash of every kernel's source: numba itself looks only at one file."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


_FINGERPRINT = _fingerprint()


def _njit(function: Kernel, **options: Any) -> Any:
    njit: Any = numba.njit
    # Kernels allocate nothing; without the runtime no reference is counted at every slice.
    return njit(error_model="numpy", nogil=True, _nrt=False, no_cfunc_wrapper=True, **options)(
        function
    )


def _undisturbed(dispatcher: Any) -> Any:
    """Collect no garbage while compiling: that takes the longer the more has been imported."""
    compile_for = dispatcher.compile

    def compile_undisturbed(argument_types: tuple[Any, ...]) -> Any:
        collects = gc.isenabled()
        gc.disable()
        try:
            return compile_for(argument_types)
        finally:
            if collects:
                gc.enable()

    dispatcher.compile = compile_undisturbed
    return dispatcher


def kernel(function: Kernel) -> Kernel:
    """Compile what only kernels and entries call, as a part of them (see `parts`)."""
    if not COMPILED:
        return function
    dispatcher = _njit(function, no_cpython_wrapper=True, pipeline_class=PartCompiler)
    convert_arguments(function, dispatcher)
    return cast(Kernel, dispatcher)


def entry(function: Kernel) -> Kernel:
    """Compile what Python calls."""
    if not COMPILED:
        return function
    try:
        dispatcher = _njit(function, cache=True)
    except RuntimeError:  # no folder that can be written: compile anew in every process
        return cast(Kernel, _undisturbed(_njit(function)))
    files = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    if files is not None:
        # A cached caller must not outlive a change in what it calls, nor two versions share files.
        files._source_stamp = _FINGERPRINT
        files._index_path += f".{_FINGERPRINT}"
        files._data_name_pattern = f"{_FINGERPRINT}.{files._data_name_pattern}"
    return cast(Kernel, _undisturbed(dispatcher))


def bind(function: Callable[..., None], arguments: tuple[Any, ...]) -> Callable[[], None]:
    """`function` with its arguments, past numba's check of their types.

    For a single desk that check costs several times the tick. The arguments' arrays must stay.
    """
    if not COMPILED:
        return partial(function, *arguments)
    dispatcher: Any = function
    typeof: Any = numba.typeof
    return partial(dispatcher.compile(tuple(map(typeof, arguments))), *arguments)
