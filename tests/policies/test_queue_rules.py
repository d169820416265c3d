"""Rules that look at queues, ages and patience, on desks where the answer is known by hand."""

import numpy as np
import pytest

from docs.optimality import published
from marl_routing import load_scenario
from marl_routing.core.view import DeskView
from marl_routing.evaluation import rollout
from marl_routing.policies import load_policy
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import VALUE, WAITING
from marl_routing.policies.longest_queue import LongestQueue
from marl_routing.policies.max_weight import MaxWeight
from tests.policies.desks import view_of
from tests.policies.test_rules import TWO_SPECIALISTS, act


def test_longest_queue_is_served_whatever_the_skill() -> None:
    desk = {"queues": [[(0, 0), (1, 0), (1, 0)]], "handle_steps": [[2.0, 9.0]]}
    assert act("longest_queue", **desk) == [[2]]
    assert act("longest_queue", queued=[[5, 4]], **desk) == [[1]]
    no_skill = {**desk, "handle_steps": [[2.0, 0.0]]}
    assert act("longest_queue", queued=[[1, 9]], **no_skill) == [[1]]


def test_longest_queue_counts_what_others_take() -> None:
    """Of 3 and 2 waiting the first agent makes 2 and 2; then the oldest ticket is of category 1."""
    desk = {"queues": [[(1, 0), (0, 0), (0, 0), (1, 0), (0, 0)]], "slots": 5}
    for seed in range(5):
        taken = act("longest_queue", seed, handle_steps=[[5.0, 5.0]] * 3, **desk)[0]
        assert sorted(taken) == [1, 2, 3]


def test_fixed_queue_ratio_serves_what_most_exceeds_its_share() -> None:
    # Of 8 waiting, 3 of category 0; with half of the mix it is 1 short, with a quarter 1 over.
    desk = {"queues": [[(0, 0), (1, 0)]], "handle_steps": [[5.0, 5.0]], "queued": [[3, 5]]}
    assert act("fixed_queue_ratio", mix=[0.5, 0.5], **desk) == [[2]]
    assert act("fixed_queue_ratio", mix=[0.25, 0.75], **desk) == [[1]]
    busiest = {**desk, "handle_steps": [[5.0, 5.0]] * 2, "idle_since": [[40, 20]]}
    assert act("fixed_queue_ratio", mix=[0.25, 0.75], **busiest) == [[2, 1]]  # 1 over, then 0


def test_c_mu_theta_serves_the_patient_first() -> None:
    """Who leaves soon costs little: c mu is equal, the index 0.2 / 0.01 against 0.2 / 0.05."""
    desk = {"queues": [[(0, 0), (1, 0)]], "handle_steps": [[5.0, 5.0]]}
    leaves = [[0.05] * 4, [0.01] * 4]
    assert act("c_mu", **desk) == [[1]]
    assert act("c_mu_theta", abandonment=leaves, **desk) == [[2]]
    # Unless it is six times as cheap to hold; or losing a ticket costs: (1 + 0.05 r) / 0.05 is
    # never more than (1 + 0.01 r) / 0.01, but with faster service it is, from r = 80 / 0.3 on.
    assert act("c_mu_theta", abandonment=leaves, waiting=[-6.0, -1.0], **desk) == [[1]]
    faster = {**desk, "handle_steps": [[4.0, 5.0]], "abandonment": leaves}
    assert act("c_mu_theta", abandoned=-250.0, **faster) == [[2]]
    assert act("c_mu_theta", abandoned=-350.0, **faster) == [[1]]


def test_c_mu_theta_tells_priorities_apart_and_does_without_patience() -> None:
    desk = {"queues": [[(0, 0), (0, 1)]], "handle_steps": [[5.0, 5.0]]}
    assert act("c_mu_theta", abandonment=[[0.05, 0.01, 0.0, 0.0]] * 2, **desk) == [[2]]
    assert act("c_mu_theta", abandonment=[[0.05, 0.0, 0.0, 0.0]] * 2, **desk) == [[2]]
    two = {"queues": [[(0, 0), (1, 0)]], "handle_steps": [[5.0, 4.0]]}
    assert act("c_mu_theta", **two) == act("c_mu", **two) == [[2]]


def test_gc_mu_weighs_the_queue_or_the_age() -> None:
    """0.3 q against 0.1 q: three in the other queue are as much as one's own, and older; two less.

    And so with ages.
    """
    desk = {"queues": [[(1, 0), (0, 0)]], "handle_steps": [[10 / 3, 10.0]]}
    assert act("gc_mu_queue", queued=[[1, 4]], **desk) == [[1]]
    assert act("gc_mu_queue", queued=[[1, 3]], **desk) == [[1]]
    assert act("gc_mu_queue", queued=[[1, 2]], **desk) == [[2]]
    assert act("gc_mu_queue", queued=[[1, 2]], waiting=[-1.0, -2.0], **desk) == [[1]]
    assert act("gc_mu_age", ages=[40, 10], slots=2, **desk) == [[1]]
    assert act("gc_mu_age", ages=[20, 10], slots=2, **desk) == [[2]]
    assert act("gc_mu_age", ages=[20, 10], slots=2, waiting=[-1.0, -2.0], **desk) == [[1]]
    assert act("gc_mu_age", ages=[0, 0], slots=2, **desk) == [[2]]


def test_max_weight_takes_the_best_matching_and_gc_mu_the_best_ticket() -> None:
    """The lone ticket is its specialist's; whoever comes first takes it with gc_mu_queue."""
    lone = {"queues": [[(0, 0)]], "handle_steps": TWO_SPECIALISTS}
    assert act("max_weight", **lone) == [[1, 0]]
    taken = np.array([act("gc_mu_queue", seed, **lone)[0] for seed in range(20)])
    assert taken.any(axis=0).all()
    # (1/3) q + (1/3) 1 against (1/3 + 1/10) q: the specialist of the short queue helps from q = 4.
    desk = {"queues": [[(0, 0), (0, 0), (1, 0)]], "handle_steps": TWO_SPECIALISTS}
    assert act("max_weight", queued=[[3, 1]], **desk) == [[1, 3]]
    assert act("max_weight", queued=[[4, 1]], **desk)[0] in ([1, 2], [2, 1])


def test_skills_timeout_keeps_a_ticket_for_the_skilled_at_first() -> None:
    desk = {"queues": [[(1, 0)]], "handle_steps": TWO_SPECIALISTS, "held": [[0, 1]]}
    name = "skills_timeout:minutes=30:within=1.5"
    assert act(name, ages=[29], **desk) == [[0, 0]]
    assert act(name, ages=[30], **desk) == [[1, 0]]
    assert act("skills_timeout:minutes=30:within=4", ages=[0], **desk) == [[1, 0]]
    assert act(name, ages=[90], **{**desk, "held": [[0, 0]]}) == [[0, 1]]  # the skilled is faster


def test_a_timeout_is_in_minutes_and_ends_with_a_step() -> None:
    view, masks = view_of(queues=[[(1, 0)]] * 2, handle_steps=TWO_SPECIALISTS, held=[[0, 1]] * 2)
    view.step_minutes = 0.7
    view.arrived = view.step[:, None] - np.array([[42] * 4, [43] * 4])  # 29.4 and 30.1 minutes
    assert load_policy("skills_timeout").act(view, masks).tolist() == [[0, 0], [1, 0]]


class LongestQueueFirst(LongestQueue):
    """Of equal queues the first category's, as the exact solution chose."""

    ranking = (WAITING, VALUE)

    def values(self, view: DeskView) -> np.ndarray:
        return np.array([[1.0, 0.0]] * 2)


class MaxWeightFirst(MaxWeight):
    """Of equal sums the one with more of the first category, as the exact solution chose."""

    def values(self, view: DeskView) -> np.ndarray:
        return super().values(view) * np.array([1.001, 1.0])


# Desk, rule, its name among the published costs, desks simulated.
EXACT = [
    ("exact/x_desk", "gc_mu_queue", "MaxWeight", 512),
    ("exact/x_desk", MaxWeightFirst(), "Hungarian with queues", 512),
    ("exact/x_desk", LongestQueueFirst(), "longest queue", 16),
    ("exact/v_desk", "gc_mu_queue", "MaxWeight", 2048),
    ("exact/v_desk", "max_weight", "Hungarian with queues", 2048),
    ("exact/v_desk", LongestQueueFirst(), "longest queue", 2048),
]


@pytest.mark.parametrize(("desk", "rule", "name", "episodes"), EXACT)
def test_average_cost_is_the_exact_one(
    desk: str, rule: str | CompiledPolicy, name: str, episodes: int
) -> None:
    exact = published()[desk]["rules"][name]
    policy = load_policy(rule) if isinstance(rule, str) else rule
    # Served by the length of queues alone the X desk overflows; so it begins full.
    full = {"arrivals.initial_backlog": 80 if exact > 50.0 else 0}
    played = rollout(load_scenario(desk, **full), policy, episodes)  # type: ignore[arg-type]
    cost = -np.mean([kpis["reward"] for kpis in played]) / 2000
    assert cost == pytest.approx(exact, rel=0.02)
