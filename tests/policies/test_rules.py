from itertools import pairwise

import numpy as np
import pytest

from marl_routing.core.record import NEVER
from marl_routing.policies import list_policies, load_policy
from marl_routing.policies.c_mu import savings_rate
from marl_routing.policies.kernels.auctioning import EPSILON

from .desks import view_of

TWO_SPECIALISTS = [[3.0, 10.0], [10.0, 3.0]]
ACCEPTING = [name for name in list_policies() if name != "pass"]
PUSHING = [
    "shortest_queue", "power_of_two", "least_expected_delay",
    "most_spare_capacity", "capacity_weights", "longest_since_assigned",
]  # fmt: skip
FREE_HANDS_ONLY = [name for name in ACCEPTING if name not in ("random", *PUSHING)]
CHOOSY = ("threshold", "lp_specialist", "skills_timeout")
WORK_CONSERVING = [name for name in FREE_HANDS_ONLY if name not in CHOOSY]


def act(name: str, seed: int = 0, **desk: object) -> list[list[int]]:
    policy = load_policy(name)
    policy.reset(seed)
    return policy.act(*view_of(**desk)).tolist()  # type: ignore[arg-type]


def many_desks(seed: int = 0, desks: int = 64) -> dict[str, object]:
    """Random desks of 5 agents, 3 categories and up to 6 tickets."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(0, 7, desks)
    queues = [[tuple(rng.integers(0, (3, 4))) for _ in range(size)] for size in sizes]
    handle = rng.integers(2, 6, (5, 3)).astype(float)
    handle[0, 1] = 0.0
    held = rng.integers(0, 2, (desks, 5))
    shares = rng.integers(0, 2, (5, 3)).astype(float)
    return {
        "queues": queues, "handle_steps": handle.tolist(), "held": held.tolist(),
        "shares": shares.tolist(), "slots": 6,
    }  # fmt: skip


@pytest.mark.parametrize("name", list_policies())
def test_actions_are_legal_int32_and_repeat(name: str) -> None:
    policy, desks = load_policy(name), many_desks()
    view, masks = view_of(**desks)
    policy.reset(7)
    actions = policy.act(view, masks)
    assert actions.dtype == np.int32
    assert actions.shape == view.held.shape
    assert np.take_along_axis(masks, actions[:, :, None], axis=2).all()
    later = policy.act(view, masks)
    policy.reset(7)
    np.testing.assert_array_equal(policy.act(view, masks), actions)
    np.testing.assert_array_equal(policy.act(view, masks), later)


@pytest.mark.parametrize("name", list_policies())
def test_a_desk_is_routed_the_same_alone_and_in_a_batch(name: str) -> None:
    desks, policy = many_desks(), load_policy(name)
    policy.reset(10)
    together = policy.act(*view_of(**desks))
    for desk in (0, 3, 17):
        alone = dict(desks, queues=[desks["queues"][desk]], held=[desks["held"][desk]])
        policy.reset(10 + desk)
        np.testing.assert_array_equal(policy.act(*view_of(**alone))[0], together[desk])


@pytest.mark.parametrize("name", FREE_HANDS_ONLY)
def test_only_free_hands_take_tickets_and_no_ticket_goes_twice(name: str) -> None:
    policy = load_policy(name)
    view, masks = view_of(**many_desks())
    actions = policy.act(view, masks)
    assert actions.any()
    assert not actions[~view.available].any()
    for row in actions:
        taken = row[row > 0]
        assert len(set(taken)) == len(taken)


@pytest.mark.parametrize("name", WORK_CONSERVING)
def test_nobody_idles_while_a_ticket_waits_that_they_can_serve(name: str) -> None:
    policy = load_policy(name)
    view, masks = view_of(**many_desks())
    actions = policy.act(view, masks)
    for desk, row in enumerate(actions):
        left = masks[desk, :, 1:].astype(bool) & (view.available[desk] & (row == 0))[:, None]
        left[:, row[row > 0] - 1] = False
        assert not left.any()


@pytest.mark.parametrize("name", [*WORK_CONSERVING, *PUSHING])
def test_equal_agents_win_equally_often(name: str) -> None:
    policy = load_policy(name)
    policy.reset(0)
    view, masks = view_of(queues=[[(0, 0)]] * 4000, handle_steps=[[5.0]] * 4)
    wins = (policy.act(view, masks) > 0).sum(axis=0)
    assert wins.sum() == 4000
    assert (abs(wins - 1000) < 130).all()  # 4.7 standard errors


def test_pass_never_accepts() -> None:
    assert act("pass", queues=[[(0, 0)]], handle_steps=[[5.0]]) == [[0]]


def test_random_is_uniform_over_legal_actions() -> None:
    policy = load_policy("random")
    policy.reset(0)
    view, masks = view_of(queues=[[(0, 0), (1, 0), (0, 0)]] * 6000, handle_steps=[[5.0, 0.0]])
    counts = np.bincount(policy.act(view, masks)[:, 0], minlength=5)
    assert counts[2] == counts[4] == 0
    assert (abs(counts[[0, 1, 3]] - 2000) < 180).all()


def test_round_robin_takes_turns_and_skips_the_busy() -> None:
    policy = load_policy("round_robin")
    policy.reset(0)
    served = []
    for _ in range(8):
        view, masks = view_of(queues=[[(0, 0)]], handle_steps=[[5.0]] * 4)
        served.append(int(policy.act(view, masks)[0].argmax()))
    assert sorted(served[:4]) == [0, 1, 2, 3]
    assert served[4:] == served[:4]
    assert all((b - a) % 4 == 1 for a, b in pairwise(served))
    busy = (served[-1] + 1) % 4
    held = [[int(agent == busy) for agent in range(4)]]
    view, masks = view_of(queues=[[(0, 0)]], handle_steps=[[5.0]] * 4, held=held)
    assert policy.act(view, masks)[0].argmax() == (busy + 1) % 4


def test_least_loaded_prefers_the_smaller_load() -> None:
    view, masks = view_of(queues=[[(0, 0)]], handle_steps=[[5.0]] * 3, held=[[2, 1, 3]])
    view.available[:] = True
    assert load_policy("least_loaded").act(view, masks).tolist() == [[0, 1, 0]]


def test_longest_idle_agent_gets_the_oldest_ticket() -> None:
    desk = {"handle_steps": [[5.0, 5.0], [5.0, 5.0], [0.0, 5.0]], "idle_since": [[40, 20, 10]]}
    assert act("fcfs_longest_idle", queues=[[(0, 3), (1, 0)]], **desk) == [[0, 1, 2]]
    assert act("fcfs_longest_idle", queues=[[(1, 3)]], **desk) == [[0, 0, 1]]


@pytest.mark.parametrize("name", ["best_skill", "c_mu", "hungarian", "threshold", "max_weight"])
def test_specialists_take_their_own_category(name: str) -> None:
    for seed in range(5):
        queues = [[(1, 0), (1, 0), (0, 0), (0, 0)]]
        assert act(name, seed, queues=queues, handle_steps=TWO_SPECIALISTS) == [[3, 1]]


def test_best_skill_ignores_what_others_would_do_better_with() -> None:
    """Whoever comes first takes the lone ticket; Hungarian leaves it to its specialist."""
    desk = {"queues": [[(0, 0)]] * 200, "handle_steps": TWO_SPECIALISTS}
    taken = np.array(act("best_skill", **desk)).sum(axis=0)
    assert 60 < taken[1] < 140
    assert act("hungarian", **desk) == [[1, 0]] * 200


def test_highest_priority_takes_the_most_urgent_with_its_fastest_agent() -> None:
    queues = [[(0, 2), (1, 1), (0, 1)]]
    assert act("highest_priority", queues=queues, handle_steps=TWO_SPECIALISTS) == [[3, 2]]
    busy = {"held": [[1, 0]]}
    assert act("highest_priority", queues=queues, handle_steps=TWO_SPECIALISTS, **busy) == [[0, 2]]


def test_earliest_deadline_takes_what_is_due_first() -> None:
    desk = {"queues": [[(0, 0), (0, 3), (0, 1)]], "handle_steps": [[5.0]]}
    assert act("earliest_deadline", due=[[200, 150, NEVER]], **desk) == [[2]]
    assert act("earliest_deadline", due=[[NEVER, NEVER, NEVER]], **desk) == [[1]]


def test_c_mu_weighs_cost_against_handle_time() -> None:
    desk = {"queues": [[(0, 0), (1, 0)]], "handle_steps": [[4.0, 10.0]]}
    assert act("c_mu", waiting=[-1.0, -2.0], **desk) == [[1]]
    assert act("c_mu", waiting=[-1.0, -3.0], **desk) == [[2]]
    assert act("c_mu", waiting=[0.0, 0.0], **desk) == [[1]]


def test_hungarian_maximises_the_sum_and_may_pass() -> None:
    # Greedy would pair agent 0 with category 0 (1/2 + 1/9); the best sum is 1/3 + 1/2.2.
    desk = {"queues": [[(0, 0), (1, 0)]], "handle_steps": [[2.0, 3.0], [2.2, 9.0]]}
    assert act("hungarian", **desk) == [[2, 1]]
    assert act("hungarian:pass_value=0.4", **desk) == [[1, 0]]


@pytest.mark.parametrize("pass_value", [0.0, 0.25])
def test_the_auction_finds_the_best_sum(pass_value: float) -> None:
    """Up to the last increment for each bidder, agents and keepers of tickets."""
    view, masks = view_of(**many_desks(seed=3))  # type: ignore[arg-type]
    worth = savings_rate(view) - pass_value
    totals = []
    for name in ("auction", "hungarian"):
        actions = load_policy(f"{name}:pass_value={pass_value}").act(view, masks)
        taken = np.take_along_axis(view.category, np.maximum(actions - 1, 0), axis=1)
        totals.append(np.where(actions > 0, worth[np.arange(5), taken], 0.0).sum(axis=1))
    bidders = sum(masks.shape[1:]) - 1
    assert (abs(totals[0] - totals[1]) <= bidders * EPSILON * savings_rate(view).max()).all()


def test_the_auction_may_pass() -> None:
    desk = {"queues": [[(0, 0), (1, 0)]], "handle_steps": [[2.0, 3.0], [2.2, 9.0]]}
    assert act("auction", **desk) == [[2, 1]]
    assert act("auction:pass_value=0.4", **desk) == [[1, 0]]


def test_contracts_go_to_the_best_bid_one_ticket_after_another() -> None:
    """Agent 0 wins the first ticket by little, and is gone for the second, where it is missed."""
    desk = {"queues": [[(0, 0), (1, 0)]], "handle_steps": [[4.0, 4.0], [5.0, 20.0]]}
    assert act("contract_net", **desk) == [[1, 2]]
    assert act("hungarian", **desk) == [[2, 1]]
    view, masks = view_of(queues=[[(0, 0)]], handle_steps=[[5.0]] * 3, held=[[2, 1, 3]])
    view.available[:] = True
    assert load_policy("contract_net").act(view, masks).tolist() == [[0, 1, 0]]


@pytest.mark.parametrize("name", ["hungarian", "auction"])
def test_a_matching_takes_the_oldest_of_equal_tickets(name: str) -> None:
    queues = [[(0, 0)] * 4]
    for seed in range(10):
        taken = act(name, seed, queues=queues, handle_steps=[[5.0], [5.0]])[0]
        assert sorted(taken) == [1, 2]


@pytest.mark.parametrize("name", ["best_skill", "hungarian", "lp_specialist", "least_loaded"])
def test_equal_tickets_go_in_the_queues_own_order(name: str) -> None:
    """Two tickets of category 1 stand against their arrival; category 0 came in between."""
    desk = {"queues": [[(1, 0), (0, 0), (1, 0)]], "numbers": [7, 5, 3]}
    assert act(name, handle_steps=[[5.0, 5.0]], **desk) == [[1]]
    assert sorted(act(name, handle_steps=[[5.0, 5.0]] * 2, **desk)[0]) == [1, 2]
    assert act("fcfs_longest_idle", handle_steps=[[5.0, 5.0]], **desk) == [[3]]


def test_threshold_helps_only_beyond_k_waiting() -> None:
    desk = {"queues": [[(1, 0), (1, 0), (1, 0)]], "handle_steps": TWO_SPECIALISTS}
    assert act("threshold:help_beyond=3", **desk) == [[0, 1]]
    helped = {tuple(act("threshold:help_beyond=2", seed, **desk)[0]) for seed in range(20)}
    # The second to choose counts what the first took: then only two wait, and the helper stays out.
    assert helped == {(1, 2), (0, 1)}
    assert act("threshold:help_beyond=8", queued=[[0, 9]], **desk)[0] in ([1, 2], [0, 1])


def test_lp_specialist_serves_only_the_programmes_pairs() -> None:
    desk = {"queues": [[(1, 0), (1, 0)]], "handle_steps": TWO_SPECIALISTS}
    assert act("lp_specialist", shares=[[0.9, 0.0], [0.0, 0.9]], **desk) == [[0, 1]]
    assert act("lp_specialist", shares=[[0.9, 0.1], [0.0, 0.9]], **desk) == [[2, 1]]
