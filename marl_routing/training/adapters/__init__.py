"""The few lines that each library needs, one file a library, imported when it is asked for."""

import importlib
from typing import Any

ADAPTERS = {  # its file, and what to install for it
    "BenchmarlTask": ("benchmarl", "benchmarl==1.5.2"),
    "RllibDesk": ("rllib", "ray[rllib]==2.60.0"),
    "TianshouVectorEnv": ("tianshou", "marl-routing[libraries]"),
    "TorchRLEnv": ("torchrl", "marl-routing[libraries]"),
    "supersuit_vec_env": ("supersuit", "marl-routing[train]"),
}
__all__ = list(ADAPTERS)


def __getattr__(name: str) -> Any:
    """A function or class of a library's file."""
    if name not in ADAPTERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    file, wanted = ADAPTERS[name]
    try:
        module = importlib.import_module(f"{__name__}.{file}")
    except ModuleNotFoundError as error:
        raise ImportError(f"{name} needs {error.name}: pip install '{wanted}'") from error
    return getattr(module, name)
