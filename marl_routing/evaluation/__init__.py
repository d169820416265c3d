"""Rollouts of policies and their comparison with confidence intervals."""

from marl_routing.evaluation.aggregates import (
    improvements,
    interquartile_mean,
    paired_bootstrap,
    performance_profile,
    probability_of_improvement,
    profile_band,
    stratified_bootstrap,
)
from marl_routing.evaluation.comparison import Comparison
from marl_routing.evaluation.episodes import (
    play,
    prepare,
    prepare_steps,
    rollout,
    rollout_in_steps,
)
from marl_routing.evaluation.playing import check_episodes, compare, load_policies
from marl_routing.evaluation.statistics import Interval, mean_interval, paired_difference

__all__ = [
    "Comparison",
    "Interval",
    "check_episodes",
    "compare",
    "improvements",
    "interquartile_mean",
    "load_policies",
    "mean_interval",
    "paired_bootstrap",
    "paired_difference",
    "performance_profile",
    "play",
    "prepare",
    "prepare_steps",
    "probability_of_improvement",
    "profile_band",
    "rollout",
    "rollout_in_steps",
    "stratified_bootstrap",
]
