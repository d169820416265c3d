"""What a desk makes of a model, on seeds that choose between models and judge none."""

import math
from collections.abc import Sequence

import numpy as np

from marl_routing.evaluation.episodes import Kpis, rollout
from marl_routing.evaluation.seeds import VALIDATION
from marl_routing.policies import load_policy
from marl_routing.scenario import Scenario

MOST, DESK_STEPS = 32, 16000  # episodes, and steps of all together, unless one is longer

KPIS = (
    "reward",
    "reward_per_step",
    "wait_to_start_minutes",
    "resolution_minutes_mean",
    "sla_first_response",
    "sla_resolution",
    "backlog_mean",
    "occupancy",
    "csat",
    "success_rate",
)


def episodes_of(scenario: Scenario) -> int:
    """How many are played at a checkpoint: few, so that it costs little beside learning."""
    return max(1, min(MOST, DESK_STEPS // scenario.time.horizon_steps))


def policy_kpis(scenario: Scenario, name: str) -> dict[str, float]:
    """Mean KPIs of a policy, as `load_policy` reads it."""
    return mean_kpis(rollout(scenario, load_policy(name), episodes_of(scenario), VALIDATION))


def mean_kpis(episodes: Sequence[Kpis]) -> dict[str, float]:
    """Means of some KPIs over the episodes that have them; always the same names."""
    means = {}
    for name in KPIS:
        if name in episodes[0]:
            known = [value for episode in episodes if math.isfinite(value := episode[name])]
            means[name] = float(np.mean(known)) if known else math.nan
    return means
