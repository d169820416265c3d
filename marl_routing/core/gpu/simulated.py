"""What stands for `functions` in numba's simulator, which runs kernels as plain Python."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numba import cuda

jit: Any = cuda.jit


def on_device(value: Any) -> Any:
    """What a kernel names stands for itself."""
    return value


@cache
def compile_kernel(function: Callable[..., None], types: tuple[Any, ...]) -> Any:
    """A kernel, ready to launch."""
    return jit(function)


def empty(shape: tuple[int, ...], dtype: Any) -> Any:
    """A new array on the device; kernels read the fields of records as attributes."""
    array = cuda.device_array(shape, dtype)
    return array if np.dtype(dtype).names is None else array.view(np.recarray)


def fill(array: Any, values: Any) -> None:
    """Copy an array of the host into one of the device; the simulator itself cannot, of records."""
    array[:] = values
