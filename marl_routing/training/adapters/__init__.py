"""The few lines that each library needs, one file a library; each is imported when asked for."""

import importlib
from typing import Any

MODULES = {
    "BenchmarlTask": "benchmarl",
    "RllibDesk": "rllib",
    "TorchRLEnv": "torchrl",
    "supersuit_vec_env": "supersuit",
    "tianshou_vector_env": "tianshou",
}
__all__ = list(MODULES)  # noqa: PLE0605  (they are written once)


def __getattr__(name: str) -> Any:
    """A function or class of a library's file."""
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{MODULES[name]}"), name)
