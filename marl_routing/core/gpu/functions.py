"""CUDA device functions made of the kernels' own Python source, and how they are compiled."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from types import CellType, FunctionType
from typing import Any

import numba
from numba import cuda
from numba.core.dispatcher import Dispatcher
from numba.cuda.compiler import compile_cuda
from numba.cuda.cudadrv import nvvm
from numba.cuda.dispatcher import CUDADispatcher

from marl_routing.core.memory import copy_row, prefetch
from marl_routing.core.parts import choose_at_compile_time, convert_arguments
from marl_routing.core.record import Record

# numba's code is not annotated.
_Dispatcher: Any = CUDADispatcher
_void: Any = numba.void
jit: Any = partial(cuda.jit, lto=False)  # an optimiser of linked code would fuse what is rounded

OPTIONS = {"opt": 3}
ANY_DEVICE = (8, 0)  # what a function is lowered to does not depend on it


class DeviceFunction(_Dispatcher):  # type: ignore[misc]
    """What kernels on the device call; compiled without a device, too."""

    def compile_device(self, args: tuple[Any, ...], return_type: Any = None) -> Any:
        """As numba does it, which however would ask the device at hand for its capability."""
        if args not in self.overloads:
            with self._compiling_counter:
                made = compile_cuda(
                    self.py_func, return_type, args, cc=ANY_DEVICE, nvvm_options=OPTIONS
                )
                self.overloads[args] = made
                made.target_context.insert_user_function(
                    made.entry_point, made.fndesc, [made.library]
                )
        return self.overloads[args]


def _copy_elements(target: Record, at: int, source: Record, start: int, count: int) -> None:
    for i in range(count):
        target[at + i] = source[start + i]


def _nothing(rows: Record, index: int, size: int) -> None:
    pass


def _as_device_function(function: Callable[..., Any]) -> Any:
    return DeviceFunction(function, {"device": True, "opt": True})


# By identity, for not all that kernels name can be hashed.
_made: dict[int, Any] = {
    id(copy_row): _as_device_function(_copy_elements),
    id(prefetch): _as_device_function(_nothing),
}


def on_device(value: Any) -> Any:
    """What stands on the device for something that a kernel names; a constant for itself."""
    if id(value) in _made:
        return _made[id(value)]
    return _translate(value) if isinstance(value, Dispatcher) else value


def _translate(kernel: Any) -> Any:
    """The kernel's source, with what it names in its globals and its closure on the device."""
    source = kernel.py_func
    names: dict[str, Any] = {}
    cells = tuple(CellType(on_device(cell.cell_contents)) for cell in source.__closure__ or ())
    function = FunctionType(source.__code__, names, source.__name__, None, cells)
    function.__qualname__, function.__module__ = source.__qualname__, source.__module__
    made = _made[id(kernel)] = _as_device_function(function)
    convert_arguments(source, made)
    # Not before it is made: a field may be called like a kernel that leads back here.
    known = source.__globals__
    names.update(
        {name: on_device(known[name]) for name in source.__code__.co_names if name in known}
    )
    if hasattr(kernel, "otherwise"):
        other, applies = kernel.otherwise
        choose_at_compile_time(made, on_device(other), applies)
    return made


@contextmanager
def _rounding_each_result() -> Iterator[None]:
    """No multiplication joined with an addition, as on the CPU; numba has no option for that."""
    compile_ir = nvvm.compile_ir
    nvvm.compile_ir = partial(compile_ir, fma=False)
    try:
        yield
    finally:
        nvvm.compile_ir = compile_ir


@cache
def compile_kernel(function: Callable[..., None], types: tuple[Any, ...]) -> Any:
    """A kernel for the device at hand, ready to launch; once a process for desks of one shape."""
    with _rounding_each_result():
        return jit(_void(*types))(function)


def compile_ptx(
    function: Callable[..., None], types: tuple[Any, ...], capability: tuple[int, int]
) -> str:
    """A kernel's PTX for devices of a compute capability, at hand or not."""
    with _rounding_each_result():
        ptx, _ = cuda.compile_ptx(function, _void(*types), cc=capability)
    return str(ptx)


def empty(shape: tuple[int, ...], dtype: Any) -> Any:
    """A new array on the device."""
    return cuda.device_array(shape, dtype)


def fill(array: Any, values: Any) -> None:
    """Copy an array of the host into one of the device."""
    array.copy_to_device(values)
