"""What all tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings
from numba.core import event

# Kernels compile inside the first example, so no deadline; the same examples in every run.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")

# Every new set of sizes costs a compilation, so tests share them; what that costs is shown.
compiling = event.TimingListener()
event.register("numba:compile", compiling)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how long the kernels took to compile."""
    if compiling.done:
        terminalreporter.write_line(f"compiling: {compiling.duration:.0f} s")


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
