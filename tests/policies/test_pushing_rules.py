"""Rules that push tickets to agents, on desks where the answer is known by hand."""

import numpy as np
import pytest

from marl_routing import DeskBatch
from marl_routing.policies import load_policy
from tests.policies.desks import view_of
from tests.policies.test_rules import PUSHING, act

ONE = {"queues": [[(0, 0)]]}


@pytest.mark.parametrize("name", PUSHING)
def test_who_works_gets_tickets_too_and_who_is_full_none(name: str) -> None:
    desk = {"handle_steps": [[5.0]] * 2, "capacity": [3, 3], **ONE}
    assert act(name, held=[[3, 2]], **desk) == [[0, 1]]
    assert act(name, held=[[3, 3]], **desk) == [[0, 0]]


def test_shortest_queue_joins_the_shortest() -> None:
    desk = {"handle_steps": [[9.0, 5.0], [1.0, 1.0], [5.0, 0.0]], "held": [[2, 4, 1]]}
    assert act("shortest_queue", queues=[[(0, 0)]], **desk) == [[0, 0, 1]]
    assert act("shortest_queue", queues=[[(1, 0)]], **desk) == [[1, 0, 0]]


def test_what_is_meant_for_an_agent_counts_and_waits_for_the_next_tick() -> None:
    """Agent 0 holds two fewer: the first two tickets are its, of which it accepts one now."""
    desk = {"handle_steps": [[5.0]] * 2, "queues": [[(0, 0)] * 3], "numbers": [7, 8, 9]}
    assert act("shortest_queue", held=[[0, 3]], **desk) == [[1, 0]]
    third = {tuple(act("shortest_queue", seed, held=[[0, 2]], **desk)[0]) for seed in range(20)}
    assert third == {(1, 0), (1, 3)}  # then both hold two, and lots are drawn
    assert act("shortest_queue", held=[[2, 5]], capacity=[3, 10], **desk) == [[1, 2]]  # 0 is full


def test_least_expected_delay_counts_work_and_speed() -> None:
    """Agent 0 has 2 x 3 steps in hand and takes 3, agent 1 nothing and takes 8, then 10."""
    desk = {"in_hand": [[[2, 0], [0, 0]]], **ONE}
    assert act("least_expected_delay", handle_steps=[[3.0, 5.0], [8.0, 5.0]], **desk) == [[0, 1]]
    assert act("least_expected_delay", handle_steps=[[3.0, 5.0], [10.0, 5.0]], **desk) == [[1, 0]]
    other = {"in_hand": [[[0, 2], [0, 0]]], **ONE}  # 2 x 5 steps and 3
    assert act("least_expected_delay", handle_steps=[[3.0, 5.0], [10.0, 5.0]], **other) == [[0, 1]]


def test_power_of_two_takes_the_less_loaded_of_two() -> None:
    """The most loaded of four never gets it, the others in 1, 2 and 3 of 6 draws."""
    policy = load_policy("power_of_two")
    policy.reset(0)
    desks = 6000
    view, masks = view_of(
        queues=[[(0, 0)]] * desks, handle_steps=[[5.0]] * 4, held=[[3, 0, 2, 1]] * desks
    )
    counts = (policy.act(view, masks) > 0).sum(axis=0)
    assert counts[0] == 0
    assert (abs(counts[[2, 3, 1]] - [1000, 2000, 3000]) < 180).all()  # 4.6 standard errors


def test_power_of_two_draws_anew_for_each_ticket() -> None:
    """The third of three tickets falls on the agents of the first two in one of 6 draws."""
    desk = {"handle_steps": [[5.0]] * 4, "queues": [[(0, 0)] * 3] * 600}
    taken = np.array(act("power_of_two", **desk)) > 0
    assert (taken.sum(axis=1) >= 2).all()  # who got the first holds more than any other
    assert abs((taken.sum(axis=1) == 3).sum() - 500) < 42  # 4.6 standard errors


def test_most_spare_capacity_looks_at_numbers_not_at_shares() -> None:
    """2 of 10 left against 1 of 2: the example of Zendesk's announcement of shares."""
    desk = {"handle_steps": [[5.0]] * 2, "capacity": [2, 10], "held": [[1, 8]], **ONE}
    assert act("most_spare_capacity", **desk) == [[0, 1]]
    assert act("shortest_queue", **desk) == [[1, 0]]


def test_capacity_weights_weigh_by_category_and_keep_to_the_capacity() -> None:
    """Mean work 10: tickets of 15 minutes weigh 1.5, those of 5 weigh 0.5."""
    desk = {"handle_steps": [[5.0, 5.0]] * 2, "mean_minutes": [15.0, 5.0], "capacity": [3, 3]}
    rule = "capacity_weights"
    assert act(rule, in_hand=[[[1, 0], [0, 2]]], queues=[[(0, 0)]], **desk) == [[0, 1]]
    assert act(rule, in_hand=[[[2, 0], [1, 1]]], queues=[[(1, 0)]], **desk) == [[0, 1]]
    assert act(rule, in_hand=[[[2, 0], [1, 1]]], queues=[[(0, 0)]], **desk) == [[0, 0]]
    small = {**desk, "capacity": [1, 1]}
    assert act(rule, in_hand=[[[0, 0], [0, 1]]], queues=[[(0, 0)]], **small) == [[1, 0]]


def test_longest_since_assigned_remembers_who_was_given_what_when() -> None:
    """Not whose turn it is: who was skipped while full comes first when there is room again."""
    policy = load_policy("longest_since_assigned")
    policy.reset(3)

    def given(held: list[int]) -> int:
        view, masks = view_of(handle_steps=[[5.0]] * 4, held=[held], **ONE)  # type: ignore[arg-type]
        (actions,) = policy.act(view, masks)
        assert actions.sum() == 1
        return int(actions.argmax())

    served = [given([1, 1, 1, 1]) for _ in range(8)]
    assert sorted(served[:4]) == [0, 1, 2, 3]
    assert served[4:] == served[:4]
    first, second, third, fourth = served[:4]
    full = [10 if agent == first else 1 for agent in range(4)]
    assert [given(full) for _ in range(2)] == [second, third]
    assert [given([1] * 4) for _ in range(3)] == [first, fourth, second]


@pytest.mark.parametrize(("name", "most"), [("least_loaded", 1), *((name, 3) for name in PUSHING)])
def test_tickets_wait_with_agents_up_to_their_capacity(name: str, most: int) -> None:
    desks, policy = DeskBatch("small_desk", num_envs=16), load_policy(name)
    desks.reset(seed=0)
    policy.reset(0)
    held = 0
    for _ in range(60):
        desks.step(policy.act(desks.view(), desks.action_masks))
        held = max(held, int(desks.view().held.max()))
    assert held == most
