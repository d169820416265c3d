"""The triage rules: legal, and the rule beats doing nothing and chance."""

import numpy as np
import pytest

from marl_routing import list_scenarios, load_scenario
from marl_routing.evaluation import paired_difference
from marl_routing.views.triage import TicketTriage
from marl_routing.views.triage_rules import RULES, load_rule

EPISODES = 24


def play(env, name, seed):
    """The return of an episode; asserts that everything was possible."""
    rule = load_rule(name, seed)
    observation, info = env.reset(seed=seed)
    total, truncated = 0.0, False
    while not truncated:
        action = rule(observation, env.operation_masks())
        observation, reward, _, truncated, info = env.step(action)
        total += reward
    assert info["illegal_actions"] == 0
    return total


def test_the_rule_beats_chance_and_chance_beats_doing_nothing():
    env = TicketTriage()
    returns = {name: [play(env, name, seed) for seed in range(EPISODES)] for name in RULES}
    assert paired_difference(returns["rule"], returns["random"]).low > 0
    assert paired_difference(returns["random"], returns["noop"]).low > 0
    assert np.mean(returns["rule"]) > 20  # of some 35 tickets


@pytest.mark.parametrize("name", [n for n in list_scenarios() if load_scenario(n).dynamic])
def test_the_rule_is_possible_and_better_than_nothing_on_every_dynamic_desk(name):
    scenario = load_scenario(name, time__horizon_steps=120, time__warm_up_steps=0)
    env = TicketTriage(scenario, window=40)
    assert play(env, "rule", 1) > play(env, "noop", 1)


def test_chance_repeats_by_seed():
    env = TicketTriage()
    assert play(env, "random", 3) == play(env, "random", 3)


def test_unknown_rules_are_refused():
    with pytest.raises(ValueError, match=r"policy: expected one of rule, random, noop .*'best'"):
        load_rule("best", 0)
