"""A user's own policy class, found by its dotted path: `my_module.MyPolicy`."""

import importlib
import inspect
import sys
from pathlib import Path
from typing import Any, cast

from marl_routing.policies.policy import BidPolicy, Policy

_CALLS = {"reset": ("seed",), "act": ("view", "masks")}


def find_class(path: str) -> type[Policy] | type[BidPolicy]:
    """The class at a dotted path, from whatever can be imported and from the current folder.

    Args:
        path: of a module and a class in it.

    Raises:
        ValueError: it cannot be imported, or is no class with `reset(seed)` and `act(view, masks)`.
    """
    module, _, name = path.rpartition(".")
    found = getattr(_imported(path, module), name, None)
    if found is None:
        raise ValueError(f"policy {path}: the module {module} has no {name!r}")
    if not inspect.isclass(found):
        raise ValueError(f"policy {path}: expected a class, not a {type(found).__name__}")
    for method, arguments in _CALLS.items():
        if not _can_be_called(getattr(found, method, None), arguments):
            expected = f"{method}({', '.join(arguments)})"
            raise ValueError(f"policy {path}: expected a class with {expected}, as Policy has it")
    return cast("type[Policy] | type[BidPolicy]", found)


def _imported(path: str, module: str) -> Any:
    """A module, sought in the current folder first, as `python -m` does."""
    folder = str(Path.cwd())
    if not {folder, ""} & set(sys.path):
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
    try:
        return importlib.import_module(module)
    except Exception as error:  # a user's module may fail in any way
        reason = f"{type(error).__name__}: {error}"
        raise ValueError(f"policy {path}: {module} cannot be imported ({reason})") from error


def _can_be_called(method: Any, arguments: tuple[str, ...]) -> bool:
    """Whether an object's method takes these arguments, in this order."""
    if not callable(method):
        return False
    try:
        inspect.signature(method).bind("self", *arguments)
    except TypeError:
        return False
    return True
