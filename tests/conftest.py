"""What all tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Kernels compile inside the first example, so no deadline; the same examples in every run.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")


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
