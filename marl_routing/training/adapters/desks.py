"""The desk behind an adapter."""

from pathlib import Path

from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.scenario import Scenario, load_scenario


def accepting(scenario: str | Path | Scenario) -> Scenario:
    """A scenario, loaded.

    Raises:
        ValueError: if its agents bid instead of accepting tickets.
    """
    loaded = load_scenario(scenario)
    if loaded.protocol.kind == "bid":
        raise ValueError(f"scenario: expected a desk whose agents accept, {loaded.name} has bids")
    return loaded


def accepting_desks(scenario: str | Path | Scenario, num_envs: int) -> DeskBatch:
    """Desks that wait to be reset when their episode ends; refused as by `accepting`."""
    return DeskBatch(accepting(scenario), num_envs, autoreset=False)
