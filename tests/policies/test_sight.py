"""What compiled rules read of a desk is what views tell NumPy, field by field."""

from typing import Any

import numpy as np

from marl_routing import DeskBatch, load_scenario
from marl_routing.core.compiler import as_records, blank_records, entry
from marl_routing.core.record import Record
from marl_routing.envs.conversations import TalkView
from marl_routing.policies import load_policy
from marl_routing.policies.kernels.customers import CUSTOMER, customers_of, meet
from marl_routing.policies.kernels.sight import (
    AGENT,
    SLOT,
    Sight,
    look,
    scratch_for,
    seen_agents,
    seen_slots,
)

DESK = load_scenario("support_bfsi", time__horizon_steps=120)  # the desk of test_talking.py


@entry
def see(rules: Record, states: Record, sight: Sight, customers: Record, met: Record) -> None:
    """Write what compiled rules read of N desks.

    Args:
        rules: (1,) the scenario's.
        states: (N,) records.
        sight: fields with an axis of desks in front, written but for the masks.
        customers: (N, A) of CUSTOMER, written.
        met: (N, A) whether there is one, written.
    """
    for env in range(states.shape[0]):
        slots, agents, masks = sight.slots[env], sight.agents[env], sight.masks[env]
        desk = states[env]
        look(rules[0], desk, Sight(slots, agents, desk.queued, masks, sight.scratch))
        for agent in range(masks.shape[0]):
            met[env, agent] = meet(rules[0], desk, agent, masks[agent], customers[env, agent])


def seen_by_kernels(desks: DeskBatch) -> tuple[Any, Any, Any, Any]:
    """(N, K) slots, (N, A) agents, (N, A) customers, (N, A) whether there is one."""
    shape = desks.num_envs, desks.num_agents
    slots, agents = blank_records((shape[0], desks.num_slots), SLOT), blank_records(shape, AGENT)
    customers, met = blank_records(shape, CUSTOMER), np.zeros(shape, np.bool_)
    scratch, masks = scratch_for(desks.num_agents, desks.num_slots), desks.action_masks
    sight = Sight(slots, agents, desks.view().queued, masks, scratch)
    see(desks.parameters.rules.desk, as_records(desks.states), sight, customers, met)
    return slots, agents, customers, met


def test_kernels_read_what_views_tell() -> None:
    desks, policy = DeskBatch(DESK, num_envs=8), load_policy("random")
    desks.reset(seed=0)
    policy.reset(0)
    everybody = []
    for _ in range(60):
        desks.step(policy.act(desks.view(), desks.action_masks))
        view = desks.view()
        assert isinstance(view, TalkView)
        slots, agents, customers, met = seen_by_kernels(desks)
        for name in ("category", "number"):
            np.testing.assert_array_equal(slots[name], seen_slots(view)[name], name)
        for name in ("priority", "due", "age"):  # of a hole nobody reads them
            shown = view.filled
            np.testing.assert_array_equal(slots[name][shown], seen_slots(view)[name][shown], name)
        for name in ("available", "idle", "idle_since", "held", "capacity"):
            np.testing.assert_array_equal(agents[name], seen_agents(view)[name], name)
        legal = view.strategies(desks.action_masks)
        expected = customers_of(view.conversations, legal)
        np.testing.assert_array_equal(met, legal.any(axis=2))
        for name in CUSTOMER.names or ():
            np.testing.assert_array_equal(customers[name][met], expected[name][met], name)
        everybody.append(expected[met])
    seen = np.concatenate(everybody)
    same = [name for name in CUSTOMER.names or () if len(np.unique(seen[name])) == 1]
    assert same == ["legal"]  # somebody else can always serve, so everything may be said


def test_views_tell_what_agents_hold_by_kind_of_ticket() -> None:
    desks, policy = DeskBatch(DESK, num_envs=4), load_policy("shortest_queue")
    desks.reset(seed=0)
    policy.reset(0)
    for _ in range(30):
        desks.step(policy.act(desks.view(), desks.action_masks))
    in_hand, states = desks.view().in_hand, desks.states
    assert in_hand.sum(axis=(2, 3)).max() > 1
    for (desk, agent, category, priority), count in np.ndenumerate(in_hand):
        held = states["held"][desk, agent, : states["held_count"][desk, agent]]
        tickets = states["tickets"][desk, held]
        same = (tickets["category"] == category) & (tickets["priority"] == priority)
        assert same.sum() == count


def test_views_tell_the_chance_of_abandonment() -> None:
    def of(**patience: list[float | None]) -> np.ndarray:
        return DeskBatch(load_scenario("saas_balanced", patience=patience)).view().abandonment

    by_priority = of(mean_minutes_by_priority=[60, 2, None, 1])
    np.testing.assert_allclose(by_priority, [[1 / 60, 0.5, 0.0, 1.0]] * 5)
    by_category = of(mean_minutes_by_category=[60, 2, None, 1, 8])
    np.testing.assert_allclose(by_category, [[p] * 4 for p in (1 / 60, 0.5, 0.0, 1.0, 1 / 8)])
    assert not DeskBatch("saas_balanced").view().abandonment.any()
