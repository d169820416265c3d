"""Whom a policy is held against where nobody is named: chance, the usual and the best rules."""

from marl_routing.scenario import Scenario

_RULES = (
    "random",
    "fcfs_longest_idle",
    "least_loaded",
    "best_skill",
    "c_mu",
    "threshold",
    "lp_specialist",
    "hungarian",
)
_BIDDERS = ("truthful",)
_TALKERS = ("random", "fixed", "calm_then_solve", "table_greedy")


def baselines(scenario: Scenario) -> list[str]:
    """Names of shipped policies that fit a desk."""
    if scenario.customers is not None:
        return list(_TALKERS)
    return [*_RULES, *(_BIDDERS if scenario.protocol.kind == "bid" else ())]
