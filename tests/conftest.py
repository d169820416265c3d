"""What all tests share."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from numba.core import event

from marl_routing.core.compiler import COMPILED

# Kernels compile inside the first example, so no deadline; the same examples in every run.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")

# What it plays without the compiler, other tests play with it.
collect_ignore = ["core/test_without_compiler.py"] * COMPILED

# Every new set of sizes costs a compilation, so tests share them; what that costs is shown.
compiling = event.TimingListener()
event.register("numba:compile", compiling)


class Compiling:
    """How long the kernels took to compile, in each process of the run."""

    def __init__(self) -> None:
        self.elsewhere: list[float] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Another process has run its share of the tests."""
        self.elsewhere.append(getattr(node, "workeroutput", {}).get("compiling", 0.0))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Tell the process that shares out the tests, if there is one."""
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["compiling"] = _seconds()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say it."""
        seconds = ", ".join(f"{seconds:.0f} s" for seconds in self.elsewhere or [_seconds()])
        terminalreporter.write_line(f"compiling, by process: {seconds}")


def _seconds() -> float:
    return float(compiling.duration) if compiling.done else 0.0


def pytest_configure(config: pytest.Config) -> None:
    """Time the kernels' compilation."""
    config.pluginmanager.register(Compiling())


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the checkout."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def ticket_log() -> Path:
    """The real ticket log, where the environment names one."""
    path = os.environ.get("MARL_ROUTING_LOG")
    if not path:
        pytest.skip("MARL_ROUTING_LOG does not name the ServiceNow log (see README, Citation)")
    return Path(path)
