"""Accept rules bid on desks where agents bid; bidders are refused on the others."""

from collections.abc import Mapping

import numpy as np
import pytest

from marl_routing import DeskBatch, load_scenario, ticket_routing_v0
from marl_routing.evaluation import compare, load_policies, play, rollout
from marl_routing.evaluation.protocol import choose
from marl_routing.policies import list_policies, load_policy

DESK = load_scenario("auction_desk")
ALL = list_policies(bidding=True)


def same(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    return repr(dict(one)) == repr(dict(other))  # nan equals nan in a repr


@pytest.mark.parametrize("name", list_policies())
def test_an_accept_is_a_bid_of_one_on_its_slot(name: str) -> None:
    desks = DeskBatch(DESK, num_envs=4)
    desks.reset(seed=0)
    view, masks = desks.view(), desks.action_masks
    policy = load_policy(name)
    policy.reset(0)
    bids = choose(policy, view, masks)
    policy.reset(0)
    actions = policy.act(view, masks)
    assert bids.shape == (4, 10, 10)
    assert bids.dtype == np.float32
    np.testing.assert_array_equal(bids.sum(axis=2), actions > 0)
    desk, agent = np.nonzero(actions)
    assert (bids[desk, agent, actions[desk, agent] - 1] == 1.0).all()
    assert actions.any() == (name != "pass")


@pytest.mark.parametrize("name", ALL)
def test_every_policy_plays_the_same_episode_in_both_faces(name: str) -> None:
    env = ticket_routing_v0.parallel_env(DESK)
    alone = play(env, load_policy(name), seed=3)
    (batch,) = rollout(DESK, load_policy(name), 1, seed=3)
    assert same(alone, batch)
    assert (alone["resolved"] > 0) == (name != "pass")
    assert alone["illegal_actions"] == alone["lost_accepts"] == 0
    assert (alone["term_payment"] > 0) == (name in ("random", "truthful", "shaded"))


def test_no_two_agents_of_an_accept_rule_meet_so_nobody_pays() -> None:
    result = compare(DESK, ["best_skill", "truthful"], episodes=2)
    assert not result.samples["best_skill"]["term_payment"].any()
    assert result.samples["truthful"]["term_payment"].all()


def test_shading_by_all_lowers_prices_and_changes_no_winner() -> None:
    result = compare(DESK, ["truthful", "shaded:share=0.5"], episodes=3)
    truthful, shaded = (result.samples[name] for name in ("truthful", "shaded:share=0.5"))
    np.testing.assert_array_equal(truthful["resolved"], shaded["resolved"])
    np.testing.assert_allclose(shaded["term_payment"], truthful["term_payment"] / 2, rtol=1e-4)


@pytest.mark.parametrize("name", ["truthful", "shaded:share=0.5"])
def test_bidders_are_refused_where_agents_accept(name: str) -> None:
    sentence = f"policy {name}: only where agents bid, and small_desk has protocol.kind accept"
    desk = load_scenario("small_desk")
    for refused in (
        lambda: rollout(desk, load_policy(name), 1),
        lambda: play(ticket_routing_v0.parallel_env(desk), load_policy(name)),
        lambda: compare(desk, ["pass", name]),
        lambda: load_policies([name], desk),
    ):
        with pytest.raises(ValueError, match="only where agents bid") as caught:
            refused()
        assert str(caught.value) == sentence
