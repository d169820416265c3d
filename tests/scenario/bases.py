"""Small scenarios that tests change one thing of."""

from typing import Any

from marl_routing.scenario import Scenario, load_scenario

PLAIN: dict[str, Any] = {
    "name": "plain",
    "categories": ["technical", "billing"],
    "priorities": ["high", "low"],
    "arrivals": {"process": "poisson", "rate_per_hour": 6},
    "service": {"mean_minutes": 10},
    "agents": {"count": 3, "generator": "uniform"},
}


def plain(**changes: Any) -> Scenario:
    """Two categories, two priorities, three agents; `changes` as overrides by dotted path."""
    return load_scenario(PLAIN, **changes)


def listed(*expertise: list[float], **changes: Any) -> Scenario:
    """The plain desk with these agents, whose speed is their expertise."""
    team = [{"name": f"a{i}", "expertise": row} for i, row in enumerate(expertise)]
    speed = {"service.speed": {"at_0": 0, "at_1": 1}}
    return plain(agents={"team": team}, **speed, **changes)
