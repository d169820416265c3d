"""What all tests share."""

import hashlib
import os
import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from numba.core import event

from marl_routing.core.compiler import COMPILED
from marl_routing.core.loops import run_desks
from marl_routing.policies.kernels.loops import play_desks

# Kernels compile inside the first example, so no deadline; the same examples in every run.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")

# What it plays without the compiler, other tests play with it.
collect_ignore = ["core/test_without_compiler.py"] * COMPILED


class Untraced(event.Listener):
    """No line of the compiler is looked at for coverage: that would cost two thirds of its time."""

    def __init__(self) -> None:
        self.depth = 0

    def on_start(self, event: Any) -> None:
        """The compiler begins, maybe for a kernel that another one calls."""
        if self.depth == 0:
            self.trace = sys.gettrace()
            sys.settrace(None)
        self.depth += 1

    def on_end(self, event: Any) -> None:
        """It is done."""
        self.depth -= 1
        if self.depth == 0:
            sys.settrace(self.trace)


class SizesSeen(event.Listener):
    """For which shapes of a desk's record the tick was compiled."""

    RECORDS: ClassVar[dict[Any, int]] = {run_desks: 4, play_desks: 1}  # their place

    def __init__(self) -> None:
        self.shapes: set[str] = set()

    def on_start(self, event: Any) -> None:
        """The compiler begins."""
        place = self.RECORDS.get(event.data["dispatcher"])
        if place is not None:
            records = str(event.data["args"][place])
            self.shapes.add(hashlib.sha256(records.encode()).hexdigest())

    def on_end(self, event: Any) -> None:
        """It is done."""


# Every new set of sizes costs some six seconds of compiling, so tests share them. Who cannot do
# without another one raises this number; what compiling costs is shown.
MOST_SIZES = 38
compiling, sizes = event.TimingListener(), SizesSeen()
for listener in (compiling, sizes, Untraced()):
    event.register("numba:compile", listener)


class Compiling:
    """How long the kernels took to compile, in each process of the run, and for how many sizes."""

    def __init__(self) -> None:
        self.elsewhere: list[float] = []
        self.shapes = sizes.shapes

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Another process has run its share of the tests."""
        told = getattr(node, "workeroutput", {})
        self.elsewhere.append(told.get("compiling", 0.0))
        self.shapes.update(told.get("sizes", []))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Tell the process that shares out the tests, if there is one; else judge."""
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput |= {"compiling": _seconds(), "sizes": sorted(self.shapes)}
        elif len(self.shapes) > MOST_SIZES:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say it."""
        seconds = ", ".join(f"{seconds:.0f} s" for seconds in self.elsewhere or [_seconds()])
        count = f"{len(self.shapes)} sizes, at most {MOST_SIZES} allowed (tests/conftest.py)"
        terminalreporter.write_line(f"compiling, by process: {seconds}; {count}")


def _seconds() -> float:
    return float(compiling.duration) if compiling.done else 0.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of two processes the first compiles all scenarios early, so the second walks them late."""
    items.sort(key=lambda item: item.path.parent.name == "envs")


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
