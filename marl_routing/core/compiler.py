"""One way to compile: cached on disk, releasing the GIL, plain IEEE arithmetic."""

import gc
import hashlib
import itertools
import secrets
from collections.abc import Callable
from functools import cache, partial, wraps
from inspect import signature
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core import config as numba_config
from numba.core.bytecode import FunctionIdentity
from numpy.typing import NDArray

from marl_routing.core.parts import (
    EntryCompiler,
    PartCompiler,
    choose_at_compile_time,
    convert_arguments,
)

Kernel = TypeVar("Kernel", bound=Callable[..., object])

COMPILED: bool = not vars(numba_config)["DISABLE_JIT"]


def _name_code_apart() -> None:
    """Let no two processes give different code one name.

    numba names code by counters of its process (of functions and of record types), and links code
    from the cache by name: what two processes compiled for different desks could be mixed up.
    """
    identity: Any = FunctionIdentity
    identity._unique_ids = itertools.count(secrets.randbits(62))


if COMPILED:
    _name_code_apart()


@cache
def _fingerprint(folder: Path) -> str:
    """A hash of the core's sources and of a folder's: numba itself looks only at one file."""
    digest = hashlib.sha256()
    for path in sorted({*Path(__file__).parent.glob("*.py"), *folder.glob("*.py")}):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def as_records(array: NDArray[Any]) -> NDArray[Any]:
    """A structured array as kernels read it: without the compiler, fields are attributes."""
    return array if COMPILED else array.view(np.recarray)


def blank_records(shape: int | tuple[int, ...], dtype: np.dtype[np.void]) -> NDArray[Any]:
    """Zero records, as kernels read them."""
    return as_records(np.zeros(shape, dtype))


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
    return cast(Kernel, _part(function, function))


def _part(function: Callable[..., Any], model: Callable[..., Any]) -> Any:
    """Compile a kernel that is called as `model` is annotated."""
    dispatcher = _njit(function, no_cpython_wrapper=True, pipeline_class=PartCompiler)
    convert_arguments(model, dispatcher)
    return dispatcher


def only_with(field: str, otherwise: Any = None) -> Callable[[Kernel], Kernel]:
    """A kernel for desks whose record has a field; on others no code is made for it.

    Args:
        field: of the record that is passed as `desk`.
        otherwise: what a call gives elsewhere: a constant, or a function of the same arguments.
    """

    def decorate(function: Kernel) -> Kernel:
        names = list(signature(function).parameters)
        place = names.index("desk")
        instead = otherwise
        if not callable(otherwise):
            instead = eval(f"lambda {', '.join(names)}: {otherwise!r}")  # numba compiles no *args

        @wraps(function)
        def choose(*args: Any) -> Any:
            return (function if field in args[place].dtype.names else instead)(*args)

        if not COMPILED:
            return cast(Kernel, choose)
        there, elsewhere = _part(function, function), _part(instead, function)
        choose_at_compile_time(there, elsewhere, lambda types: field in types[place].fields)
        return cast(Kernel, there)

    return decorate


def entry(function: Kernel) -> Kernel:
    """Compile what Python calls; its kernels are the core's or of its own folder."""
    if not COMPILED:
        return function
    try:
        dispatcher = _njit(function, cache=True, pipeline_class=EntryCompiler)
    except RuntimeError:  # no folder that can be written: compile anew in every process
        return cast(Kernel, _undisturbed(_njit(function, pipeline_class=EntryCompiler)))
    files = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    if files is not None:
        # A cached caller must not outlive a change in what it calls, nor two versions share files.
        fingerprint = _fingerprint(Path(function.__code__.co_filename).parent)
        files._source_stamp = fingerprint
        files._index_path += f".{fingerprint}"
        files._data_name_pattern = f"{fingerprint}.{files._data_name_pattern}"
    return cast(Kernel, _undisturbed(dispatcher))


def bind(function: Callable[..., None], arguments: tuple[Any, ...]) -> partial[None]:
    """`function` with its arguments, past numba's check of their types.

    For a single desk that check costs several times the tick. The arguments' arrays must stay.
    """
    if not COMPILED:
        return partial(function, *arguments)
    dispatcher: Any = function
    typeof: Any = numba.typeof
    return partial(dispatcher.compile(tuple(map(typeof, arguments))), *arguments)
