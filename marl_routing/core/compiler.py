"""One way to compile: cached on disk, releasing the GIL, plain IEEE arithmetic."""

import hashlib
import itertools
import secrets
from collections.abc import Callable
from functools import partial, wraps
from inspect import signature
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import config as numba_config
from numba.core.bytecode import FunctionIdentity
from numba.extending import overload

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


def _fingerprint() -> str:
    """A hash of every kernel's source: numba itself looks only at one file."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


_FINGERPRINT = _fingerprint()
# Kernels allocate nothing; without the runtime no reference is counted at every slice.
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "nogil": True, "_nrt": False}
_INNER: dict[str, Any] = _OPTIONS | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def _compile(function: Kernel, **options: Any) -> Kernel:
    if not COMPILED:
        return function
    options |= _OPTIONS
    njit: Any = numba.njit
    try:
        dispatcher = njit(cache=True, **options)(function)
    except RuntimeError:  # no folder that can be written: compile anew in every process
        return cast(Kernel, njit(**options)(function))
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


def only_with(field: str, otherwise: Any = None) -> Callable[[Kernel], Kernel]:
    """A kernel for desks whose record has a field; on others no code is made for it.

    Args:
        field: of the record that is passed as `desk`.
        otherwise: what a call gives elsewhere: a value, or a function of the same arguments.
    """

    def decorate(function: Kernel) -> Kernel:
        place = list(signature(function).parameters).index("desk")

        def nothing(*args: Any) -> Any:
            return otherwise

        instead = otherwise if callable(otherwise) else nothing

        @wraps(function)
        def choose(*args: Any) -> Any:
            return (function if field in args[place].dtype.names else instead)(*args)

        def chosen(*args: Any) -> Any:
            return function if field in args[place].fields else instead

        if COMPILED:
            options: Any = _INNER
            register: Any = overload(choose, jit_options=options, strict=False)
            register(chosen)
        return cast(Kernel, choose)

    return decorate


def bind(function: Callable[..., None], arguments: tuple[Any, ...]) -> Callable[[], None]:
    """`function` with its arguments, past numba's check of their types.

    For a single desk that check costs several times the tick. The arguments' arrays must stay.
    """
    if not COMPILED:
        return partial(function, *arguments)
    dispatcher: Any = function
    typeof: Any = numba.typeof
    return partial(dispatcher.compile(tuple(map(typeof, arguments))), *arguments)
