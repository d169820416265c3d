"""The batch of desks behind an adapter."""

from pathlib import Path

from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.scenario import Scenario


def accepting_desks(scenario: str | Path | Scenario, num_envs: int) -> DeskBatch:
    """Desks that wait to be reset when their episode ends.

    Raises:
        ValueError: if the scenario's agents bid instead of accepting tickets.
    """
    desks = DeskBatch(scenario, num_envs, autoreset=False)
    if desks.bidding:
        name = desks.scenario.name
        raise ValueError(f"scenario: expected a desk whose agents accept, {name} has bids")
    return desks
