"""Baseline routing policies, one rule a file, all behind the `Policy` protocol."""

from marl_routing.policies.policy import BidPolicy, Policy
from marl_routing.policies.registry import list_policies, load_policy

__all__ = ["BidPolicy", "Policy", "list_policies", "load_policy"]
