"""The desks on a CUDA device: the same kernels, one thread a desk. Needs the extra `gpu`."""

from importlib.util import find_spec

if find_spec("numba_cuda") is None:
    raise ImportError("desks on a GPU need numba-cuda: pip install 'marl-routing[gpu]'")
