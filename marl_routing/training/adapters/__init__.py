"""The few lines that each library needs, one file a library; each is imported when asked for."""

import importlib
from typing import Any

MODULES = {
    "supersuit_vec_env": "supersuit",
    "tianshou_vector_env": "tianshou",
    "torchrl_env": "torchrl",
}
__all__ = list(MODULES)  # noqa: PLE0605  (they are written once)


def __getattr__(name: str) -> Any:
    """A function or class of a library's file."""
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{MODULES[name]}"), name)
