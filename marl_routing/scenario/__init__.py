"""Scenarios: validated descriptions of a desk, and their translation for the core."""

from marl_routing.scenario.compile import compile_scenario
from marl_routing.scenario.errors import ScenarioError
from marl_routing.scenario.registry import (
    list_exact_desks,
    list_scenarios,
    load_scenario,
    register_scenario,
)
from marl_routing.scenario.schema import Scenario

__all__ = [
    "Scenario",
    "ScenarioError",
    "compile_scenario",
    "list_exact_desks",
    "list_scenarios",
    "load_scenario",
    "register_scenario",
]
