"""The shipped desks run as they did when their digests were written (see `golden`)."""

import json

import pytest

from marl_routing.scenario import list_scenarios
from tests.core.golden import PATH, digest

DIGESTS: dict[str, str] = json.loads(PATH.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", list_scenarios())
def test_an_episode_is_what_it_was(name: str) -> None:
    assert digest(name) == DIGESTS[name], "rules changed? python -m tests.core.golden rewrites this"
