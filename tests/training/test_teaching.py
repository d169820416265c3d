"""Agents begin as a rule: which, and what they do while they are taught."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from marl_routing import load_scenario
from marl_routing.policies import load_policy
from marl_routing.training import Learner, train
from marl_routing.training.teaching import find_teacher
from tests.training.test_mappo import DESK, TINY


def test_the_best_rule_teaches() -> None:
    """By docs/leaderboard.md the index leads on the desk, and threshold where nobody tuned it."""
    shipped, other = load_scenario(DESK), load_scenario(DESK, arrivals__load=0.8)
    names = [find_teacher(desk, "best", seed=0) for desk in (shipped, other)]
    assert [teacher and teacher.rule.name for teacher in names] == ["optimised_index", "threshold"]
    assert find_teacher(shipped, "none", seed=0) is None


def test_refusals() -> None:
    with pytest.raises(ValueError, match="no policy is called 'nobody'"):
        find_teacher(load_scenario(DESK), "nobody", seed=0)
    with pytest.raises(ValueError, match="expected a policy that accepts, truthful bids"):
        find_teacher(load_scenario("auction_desk"), "truthful", seed=0)


def test_the_rule_leads_fewer_and_fewer_desks_and_tells_all_agents_what_to_do() -> None:
    learner = Learner.on(DESK, replace(TINY, rollout_steps=1))
    assert learner.teacher is not None
    for done, led in ((0.0, 16), (0.5, 8), (1.0, 0)):
        rule = load_policy("threshold")
        rule.reset(learner.teacher._seed + learner.steps)
        advice = rule.act(learner.desks.view(), learner.desks.action_masks)
        desk, agent = np.nonzero((learner.desks.action_masks != 0).sum(axis=2) > 1)
        played = list[np.ndarray]()
        learner.desks.step = played.append  # type: ignore[method-assign]
        told = learner.collect(done).decisions
        del learner.desks.step
        np.testing.assert_array_equal(told.actions, advice[desk, agent])
        np.testing.assert_array_equal(played[0][16 - led :], advice[16 - led :])
        if led < 16:
            assert (played[0][: 16 - led] != advice[: 16 - led]).any()


def test_what_is_taught_becomes_likely() -> None:
    learner = Learner.on(DESK, replace(TINY, desks=64, taught=1.0))
    first = learner.collect(0.0).decisions
    with torch.no_grad():
        before = learner.actor.scores(first.inputs, first.legal)
    for _ in train(learner, 30 * 64 * 8 * 2):
        pass
    with torch.no_grad():
        after = learner.actor.scores(first.inputs, first.legal)
    told = first.actions[:, None]
    assert float(before.gather(1, told).exp().mean()) < 0.6
    assert float(after.gather(1, told).exp().mean()) > 0.8
