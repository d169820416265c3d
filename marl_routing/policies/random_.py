"""Uniformly random legal actions: what an untrained policy does."""

from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.rule import ANYTHING


class Random(CompiledPolicy):
    """Each agent draws from its legal actions, pass and verbs among them."""

    name = "random"
    matcher = ANYTHING
