"""Long-run average costs of rules on two desks whose Markov chains were solved exactly.

Two agents, two categories, at most one arrival per category and step; see the tests of the core
for the desks without decisions.
"""

import numpy as np
import pytest

from docs.optimality import published
from marl_routing import DeskBatch
from marl_routing.policies import load_policy
from marl_routing.scenario import Scenario, load_scenario

X1, V1 = "exact/x_desk", "exact/v_desk"
# Desk, rule, its published name, desks simulated (so that a standard error is at most 0.8 % of the
# cost).
COSTS = [
    (X1, "best_skill", "best skill", 512),
    (X1, "threshold:help_beyond=6", "threshold", 512),
    (X1, "hungarian", "Hungarian", 512),
    (X1, "lp_specialist", "specialists", 512),
    (V1, "best_skill", "best skill", 2048),
    (V1, "highest_priority", "highest cost", 1024),
]
# Rules that the exact solutions give one cost, because on that desk they do the same.
SAME = [
    (X1, "c_mu", "best_skill"),
    (V1, "threshold:help_beyond=0", "best_skill"),
    (V1, "c_mu", "highest_priority"),
    (V1, "hungarian", "highest_priority"),
]


def average_cost(scenario: Scenario, policy_text: str, num_desks: int) -> float:
    policy, time = load_policy(policy_text), scenario.time
    desks = DeskBatch(scenario, num_envs=num_desks)
    desks.reset(seed=0)
    policy.reset(0)
    total = 0.0
    for step in range(time.horizon_steps):
        desks.step(policy.act(desks.view(), desks.action_masks))
        if step >= time.warm_up_steps:
            total -= float(desks.rewards.sum(dtype=np.float64))
    return total / num_desks / (time.horizon_steps - time.warm_up_steps)


@pytest.mark.parametrize(("desk", "policy", "rule", "num_desks"), COSTS)
def test_average_cost_is_the_exact_one(desk: str, policy: str, rule: str, num_desks: int) -> None:
    exact = published()[desk]["rules"][rule]
    assert average_cost(load_scenario(desk), policy, num_desks) == pytest.approx(exact, rel=0.02)


@pytest.mark.parametrize(("desk", "policy", "other"), SAME)
def test_rules_of_one_cost_act_alike(desk: str, policy: str, other: str) -> None:
    desks = DeskBatch(desk, num_envs=256)
    desks.reset(seed=0)
    one, two = load_policy(policy), load_policy(other)
    for _ in range(400):
        actions = one.act(desks.view(), desks.action_masks)
        others = two.act(desks.view(), desks.action_masks)
        if desk == V1:  # its agents are alike: what counts is which tickets are taken
            np.testing.assert_array_equal(np.sort(others, axis=1), np.sort(actions, axis=1))
        else:
            np.testing.assert_array_equal(others, actions)
        desks.step(actions)
