"""Baseline routing policies, one rule a file, all behind the `Policy` protocol."""

from marl_routing.policies.policy import Policy
from marl_routing.policies.registry import list_policies, load_policy

__all__ = ["Policy", "list_policies", "load_policy"]
