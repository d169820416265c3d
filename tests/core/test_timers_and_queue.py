"""The queue's lists and the timer wheel, against a look at the whole table of tickets."""

from typing import Any

import numpy as np
import pytest

from marl_routing.core.batch import Batch
from marl_routing.core.parameters import BY_DEADLINE, BY_PRIORITY
from marl_routing.core.record import NEVER, WHEEL
from marl_routing.scenario import compile_scenario, load_scenario
from tests.core.desks import Ints, any_actions, open_tickets, queued_tickets
from tests.core.variants import IMPATIENT, VARIANTS

# Longer than the wheel goes round, so that timers of later rounds stand in the same buckets.
LONG = {"time.horizon_steps": 5 * WHEEL}


def busy_desks(changes: dict[str, Any], name: str = "saas_balanced") -> Batch:
    scenario = load_scenario(name, **changes | LONG)
    return Batch(compile_scenario(scenario), 8, autoreset=False)


def lazy_actions(batch: Batch, rng: np.random.Generator) -> Ints:
    """Mostly pass, so that tickets pile up in the queue and are late."""
    actions = any_actions(batch, rng)
    return np.where(rng.random(actions.shape) < 0.03, actions, 0).astype(np.int32)


def window_by_sorting(batch: Batch, env: int) -> list[int]:
    """Which ticket belongs in each slot."""
    rules, table = batch.parameters.rules.desk[0], batch.states["tickets"][env]
    key = {BY_PRIORITY: "priority", BY_DEADLINE: "due"}.get(int(rules["queue_order"]), "number")
    queued = np.flatnonzero(queued_tickets(batch)[env])
    in_order = sorted(queued.tolist(), key=lambda i: (table[key][i], table["number"][i]))
    groups = [in_order]
    if rules["per_category"]:
        categories = range(batch.parameters.sizes.categories)
        groups = [[i for i in in_order if table["category"][i] == c] for c in categories]
    size = batch.num_slots // len(groups)
    return [i for group in groups for i in (group + [-1] * size)[:size]]


ORDERS = {
    "fifo": {"queue.order": "fifo"},
    "deadline": {"queue.order": "deadline"},
    "deadlines_missing": VARIANTS["some_targets"],
    "priority": VARIANTS["priority_abandoning"],
    "oldest": VARIANTS["oldest_abandoning"],
}


@pytest.mark.parametrize("order", ORDERS)
def test_the_window_shows_the_queue_in_its_order(order: str) -> None:
    batch, rng = busy_desks(ORDERS[order]), np.random.default_rng(0)
    batch.reset(seed=0)
    waited = 0
    for _ in range(5 * WHEEL):
        batch.step(lazy_actions(batch, rng))
        for env in range(2):
            assert batch.states["slots"][env].tolist() == window_by_sorting(batch, env)
            waited = max(waited, int(batch.states["num_queued"][env]))
    assert waited > batch.num_slots


@pytest.mark.parametrize("name", ["saas_balanced", "saas_hard", "overload_monday"])
def test_timers_go_off_when_they_are_due(name: str) -> None:
    batch, rng = busy_desks(IMPATIENT, name), np.random.default_rng(0)
    batch.reset(seed=0)
    for _ in range(5 * WHEEL):
        batch.step(lazy_actions(batch, rng))
        is_open, step = open_tickets(batch), batch.states["step"][:, None]
        tickets = batch.states["tickets"]
        untouched = is_open & (tickets["served"] == 0)
        patient = tickets["patience_ends"] > step
        late = tickets["due"] <= step
        np.testing.assert_array_equal(tickets["breached"][is_open], late[is_open])
        first_late = tickets["first_due"] <= step
        np.testing.assert_array_equal(tickets["first_breached"][untouched], first_late[untouched])
        assert not tickets["first_breached"][is_open & ~first_late].any()
        assert patient[untouched].all()
    assert batch.states["breaches"].sum() > 20
    assert (batch.states["abandoned"] > 0).all()


def test_targets_that_do_not_exist_are_never_breached() -> None:
    batch, rng = busy_desks({"sla": {}}), np.random.default_rng(0)
    batch.reset(seed=0)
    for _ in range(5 * WHEEL):
        batch.step(lazy_actions(batch, rng))
    assert (batch.states["tickets"]["due"][open_tickets(batch)] == NEVER).all()
    np.testing.assert_array_equal(batch.states["breaches"], batch.states["dropped"])
    assert (batch.states["breached"] == 0).all()
    assert np.isnan(batch.metrics()["sla_first_response"])
