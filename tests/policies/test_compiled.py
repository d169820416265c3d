"""Compiled rules do what the NumPy ones of `by_numpy` do, and episodes inside the kernel agree."""

import signal
import time
from typing import Any

import numpy as np
import pytest

from marl_routing import DeskBatch, load_scenario
from marl_routing.core.view import DeskView
from marl_routing.evaluation import compare, rollout, rollout_in_steps
from marl_routing.evaluation.compiled import is_compiled
from marl_routing.policies import list_policies, load_policy
from marl_routing.policies.best_skill import BestSkill
from marl_routing.policies.indices import shipped_path
from marl_routing.policies.policy import Actions, Masks
from tests.core.variants import VARIANTS
from tests.policies.by_numpy import ByNumpy
from tests.policies.desks import view_of
from tests.policies.test_rules import many_desks

INDEX = f"optimised_index:weights={shipped_path('saas_balanced')}"
RULES = [
    *list_policies(), "threshold:help_beyond=1", "skills_timeout:minutes=96:within=1",
    "hungarian:pass_value=0.04", "auction:pass_value=0.04", INDEX,
]  # fmt: skip
# Of windows, queue orders, skills, capacities and clocks; most share their sizes.
ON_SAAS = [
    "equal_expertise", "cannot_serve", "uneven_team", "some_targets", "concurrent",
    "priority_abandoning", "oldest_abandoning", "everything",
]  # fmt: skip
SHIPPED = ["auction_desk", "everything_on", "follow_the_sun", "nested_085"]
STEPS = 99
DESK = "small_desk"


def desks_of(name: str) -> DeskBatch:
    if name in SHIPPED:
        return DeskBatch(name, 6)
    return DeskBatch(load_scenario("saas_balanced", **VARIANTS[name]), 6)


@pytest.mark.parametrize("name", [*ON_SAAS, *SHIPPED])
def test_every_rule_acts_as_its_numpy_twin(name: str) -> None:
    """All rules are asked at every step; the desks go on by one of them after the other."""
    desks = desks_of(name)
    desks.reset(seed=1)
    rules = [(load_policy(rule), ByNumpy(rule)) for rule in RULES]
    for compiled, twin in rules:
        compiled.reset(9)
        twin.reset(9)
    accepts = np.zeros(len(rules), int)
    for step in range(STEPS):
        view, masks = desks.view(), desks.action_masks
        answers = [compiled.act(view, masks) for compiled, _ in rules]
        for i, (_, twin) in enumerate(rules):
            np.testing.assert_array_equal(answers[i], twin.act(view, masks), twin.name)
            accepts[i] += (answers[i] > 0).sum()
        given = answers[step % len(rules)]
        slots = np.arange(1, desks.num_slots + 1)
        desks.step((given[:, :, None] == slots).astype(np.float32) if desks.bidding else given)
    busy = ["pass" not in rule for rule in RULES]  # those that pass for little may do nothing
    assert (accepts[busy] > 20).all(), dict(zip(RULES, accepts, strict=True))


@pytest.mark.parametrize("name", RULES)
def test_on_desks_made_by_hand(name: str) -> None:
    """With ties everywhere: few handle times, queues against the order of arrival."""
    policy, twin = load_policy(name), ByNumpy(name)
    for seed in range(3):
        view, masks = view_of(**many_desks(seed), numbers=[4, 9, 2, 7, 1, 5])  # type: ignore[arg-type]
        policy.reset(-seed)
        twin.reset(-seed)
        for _ in range(3):
            np.testing.assert_array_equal(policy.act(view, masks), twin.act(view, masks))


def test_a_large_team_chooses_in_the_order_of_its_draws() -> None:
    """Of agents who are all alike, more than are sorted by insertion."""
    view, masks = view_of(queues=[[(0, 0)] * 20] * 3, handle_steps=[[3.0]] * 40, slots=20)
    policy, twin = load_policy("best_skill"), ByNumpy("best_skill")
    policy.reset(5)
    twin.reset(5)
    actions = policy.act(view, masks)
    np.testing.assert_array_equal(actions, twin.act(view, masks))
    assert ((actions > 0).sum(axis=1) == 20).all()


def same(one: Any, other: Any) -> bool:
    return [repr(dict(kpis)) for kpis in one] == [repr(dict(kpis)) for kpis in other]


def test_a_comparison_is_that_of_the_numpy_rules() -> None:
    twins = [ByNumpy(rule) for rule in RULES]
    assert compare(DESK, RULES, 4).to_json() == compare(DESK, twins, 4).to_json()


def test_results_do_not_depend_on_threads() -> None:
    one = compare(DESK, ["random", "round_robin", "hungarian"], 7)
    two = compare(DESK, ["random", "round_robin", "hungarian"], 7, num_threads=3)
    assert one.to_json() == two.to_json()
    steps = rollout_in_steps(DESK, load_policy("random"), 7, num_threads=2)
    assert same(steps, rollout(DESK, load_policy("random"), 7))


def test_long_episodes_are_played_bit_by_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    policy = load_policy("round_robin")
    at_once = rollout(DESK, policy, 3, progress=told.append)
    assert told == [3 * 240]
    told.clear()
    monkeypatch.setattr("marl_routing.evaluation.compiled.AT_ONCE", 200)
    assert same(rollout(DESK, policy, 3, progress=told.append), at_once)
    assert len(told) > 4
    assert sum(told) == 3 * 240


class Lazy(BestSkill):
    """A user's own version: only agent 0 works."""

    name = "lazy"

    def act(self, view: DeskView, masks: Masks) -> Actions:
        actions = super().act(view, masks)
        actions[:, 1:] = 0
        return actions


def test_a_policy_that_acts_in_its_own_way_is_asked() -> None:
    assert not is_compiled(Lazy())
    (kpis,) = rollout(DESK, Lazy(), 1)
    assert kpis["resolved_by_agent"][0] == kpis["resolved"] > 0


def test_an_interruption_is_answered_at_once() -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    begun = time.monotonic()
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(KeyboardInterrupt):
            rollout(DESK, load_policy("c_mu"), 1_000_000)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - begun < 5.0
