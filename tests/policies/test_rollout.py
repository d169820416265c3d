"""Looking ahead: better than the base rule, and only where it is honest."""

import numpy as np
import pytest

from marl_routing import DeskBatch, load_scenario
from marl_routing.evaluation import compare
from marl_routing.policies import load_policy
from marl_routing.policies.copies import Copies
from marl_routing.scenario import compile_scenario

QUICK = "rollout:steps=40:samples=8"


def test_it_is_far_better_than_its_greedy_base_on_the_x_desk() -> None:
    """There the exact costs are 6.61 and, of the best policy, 4.22 a step."""
    result = compare("exact/x_desk", ["rollout:steps=40:samples=4", "best_skill"], 2)
    assert result.difference("best_skill").mean < 0.2 * result.interval("best_skill").mean


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
    with pytest.raises(ValueError, match="policy rollout: only where agents accept tickets"):
        Copies(compile_scenario(load_scenario(name)), 2)


@pytest.mark.parametrize("end", ["hand_over", "requeue"])
def test_desks_on_which_work_done_cannot_be_told_are_refused(end: str) -> None:
    shifts = {"agents.absence": 0.1, "agents.end_of_shift": end}
    for change in (shifts, {"service.concurrency_slowdown": 0.5}):
        with pytest.raises(ValueError, match="policy rollout: only where agents keep their"):
            load_policy("rollout").require(load_scenario("small_desk", **change))  # type: ignore[union-attr]
    kept = load_scenario("small_desk", **shifts | {"agents.end_of_shift": "keep"})
    load_policy("rollout").require(kept)  # type: ignore[union-attr]


def test_a_record_of_another_shape_is_refused() -> None:
    """As those that `gap` puts on a stage; a kernel would run on for ever."""
    copies = Copies(compile_scenario(load_scenario("small_desk")), 2)
    other = DeskBatch("exact/x_desk", 1)
    with pytest.raises(ValueError, match="expected the whole record of a desk"):
        copies.take(other.states[0], np.uint64(0), 0)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("rollout:base=c_nu", "base must be of best_skill, threshold"),
        ("rollout:steps=0", "steps must be at least 1, not 0"),
        ("rollout:samples=1", "samples must be at least 2, not 1"),
    ],
)
def test_bad_parameters_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match="policy rollout") as caught:
        load_policy(text)
    assert sentence in str(caught.value)
