"""What policies cost above the optimum, on small desks that are solved exactly."""

from marl_routing.evaluation.gap.costs import EPISODES, Cost, Gap, check_gap, find_gap
from marl_routing.evaluation.gap.optimal_policy import optimal_policy

__all__ = ["EPISODES", "Cost", "Gap", "check_gap", "find_gap", "optimal_policy"]
