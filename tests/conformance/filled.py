"""Shipped scenarios for short episodes: tickets wait from the start, at whatever hour that is."""

from marl_routing import Scenario, load_scenario

BACKLOG = 8


def load_filled(name: str) -> Scenario:
    """The scenario with a queue to choose from in step 0."""
    return load_scenario(name, **{"arrivals.initial_backlog": BACKLOG})
