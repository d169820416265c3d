"""Looking ahead: better than the base rule, and only where it is honest."""

import numpy as np
import pytest

from marl_routing import DeskBatch, load_scenario
from marl_routing.evaluation import compare, rollout
from marl_routing.policies import load_policy

QUICK = "rollout:steps=40:samples=8"


def test_it_improves_on_its_base() -> None:
    result = compare("small_desk", [QUICK, "best_skill"], 16)
    assert result.ranking == [QUICK, "best_skill"]
    assert result.difference("best_skill").high < 0


def test_a_desk_is_routed_the_same_alone_and_in_a_batch() -> None:
    desks, policy = DeskBatch("small_desk", 3), load_policy(QUICK)
    desks.reset(seed=4)
    for _ in range(30):
        desks.step(load_policy("best_skill").act(desks.view(), desks.action_masks))
    policy.reset(10)
    together = policy.act(desks.view(), desks.action_masks)
    assert together.any()
    alone = DeskBatch("small_desk", 1)
    for desk in range(3):
        alone.restore(desks.states[desk : desk + 1].copy())
        policy.reset(10 + desk)
        np.testing.assert_array_equal(
            policy.act(alone.view(), alone.action_masks)[0], together[desk]
        )


def test_it_leaves_the_desk_as_it_is() -> None:
    desks = DeskBatch("small_desk", 2)
    desks.reset(seed=1)
    before = desks.states.tobytes()
    load_policy(QUICK).act(desks.view(), desks.action_masks)
    assert desks.states.tobytes() == before


@pytest.mark.parametrize("name", ["incident_storm", "auction_desk", "support_bfsi"])
def test_desks_on_which_copies_would_foresee_are_refused(name: str) -> None:
    desk = load_scenario(name, time__horizon_steps=20)
    with pytest.raises(ValueError, match="policy rollout: only where agents accept tickets"):
        rollout(desk, load_policy("rollout"), 1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("rollout:base=c_nu", "base must be one of best_skill, threshold"),
        ("rollout:steps=0", "steps must be at least 1, not 0"),
        ("rollout:samples=1", "samples must be at least 2, not 1"),
    ],
)
def test_bad_parameters_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match="policy rollout") as caught:
        load_policy(text)
    assert sentence in str(caught.value)
