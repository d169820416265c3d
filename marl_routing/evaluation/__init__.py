"""Rollouts of policies and their comparison with confidence intervals."""

from marl_routing.evaluation.comparison import Comparison, compare, load_policies
from marl_routing.evaluation.episodes import (
    play,
    prepare,
    prepare_steps,
    rollout,
    rollout_in_steps,
)
from marl_routing.evaluation.statistics import Interval, mean_interval, paired_difference

__all__ = [
    "Comparison",
    "Interval",
    "compare",
    "load_policies",
    "mean_interval",
    "paired_difference",
    "play",
    "prepare",
    "prepare_steps",
    "rollout",
    "rollout_in_steps",
]
