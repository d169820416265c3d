"""Stands in for libraries that cannot share our environment, as far as an adapter imports them."""

import importlib
import sys
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture
def adapter(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes a module of `adapters` see a class where the library has one; undone afterwards."""

    def found(name: str, place: str, base: type) -> ModuleType:
        parts = place.split(".")
        for end in range(1, len(parts) + 1):
            monkeypatch.setitem(sys.modules, ".".join(parts[:end]), ModuleType(parts[end - 1]))
        setattr(sys.modules[place], base.__name__, base)
        full = f"marl_routing.training.adapters.{name}"
        monkeypatch.delitem(sys.modules, full, raising=False)
        module = importlib.import_module(full)
        monkeypatch.delitem(sys.modules, full)  # so that nobody else meets the stand-in
        return module

    return found
