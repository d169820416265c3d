"""What must hold on any dynamic desk, whatever agents and an operator do."""

import json

import numpy as np
import pytest

from marl_routing.scenario import compile_scenario, load_scenario
from tests.core.dynamic_variants import DYNAMICS
from tests.oracle.desk import OracleDesk
from tests.oracle.walk import actions, operation

NAMES = [name for name, (source, _) in DYNAMICS.items() if source != "auction_desk"]
# What the variant is there for, and so happens at least so often in 120 steps.
OFTEN = {
    "all_together": {
        "escalated": 50,
        "deferred": 50,
        "info_requests": 30,
        "released": 50,
        "transferred": 50,
        "reassigned": 10,
        "swarms": 10,
        "regressions": 50,
        "blocks": 50,
        "reopened": 15,
        "illegal_actions": 50,
        "lost_accepts": 30,
    },
    "crowds": {"swarms": 60},
    "full_desk": {"dropped": 300, "reopened": 10},
    "every_ticket_comes_back": {"reopened": 100},
    "always_pending": {"blocks": 200},
    "hand_over_at_the_end_of_a_shift": {"handed_over": 10, "blocks": 20},
    "requeue_at_the_end_of_a_shift": {"requeued": 15, "blocks": 20},
    "pauses_impatient": {"abandoned": 20, "blocks": 30},
    "storm_of_three_incidents": {"swarms": 20, "regressions": 20, "blocks": 20},
    "triage_of_all_incidents": {"escalated": 10, "reassigned": 10, "reopened": 5, "dropped": 5},
}


def desk_of(name: str) -> OracleDesk:
    """An episode of a variant, at its beginning."""
    source, changes = DYNAMICS[name]
    scenario = load_scenario(source, **changes)
    desk = OracleDesk(compile_scenario(scenario), scenario)
    desk.reset(3)
    return desk


def wander(desk: OracleDesk, rng: np.random.Generator) -> bool:
    """A tick, after an operation or two."""
    for _ in range(rng.integers(3)):
        chosen = operation(rng, desk)
        if chosen is not None:
            desk.operate(*chosen)
            assert_in_place(desk)
    over = desk.step(actions(rng, desk).tolist())
    assert_in_place(desk)
    return over


def assert_in_place(desk: OracleDesk) -> None:
    """Every ticket is in one place, counted, and worked on by those who can."""
    counts = desk.counts
    left = counts["resolved"] + counts["abandoned"] + counts["dropped"]
    came = counts["arrivals"] + counts["initial"] + counts["reopened"]
    assert came == left + len(desk.open_tickets)
    numbers = desk.queue_order() + [n for held in desk.held() for n in held]
    assert sorted(numbers) == [t.number for t in desk.tickets if t.outcome == "open"]
    assert not any(ticket.pending for ticket in desk.queue.tickets)
    in_work = [ticket for agent in desk.agents for ticket in agent.in_work]
    for agent in desk.agents:
        assert len(agent.in_work) <= agent.concurrency
        assert len(agent.held) <= agent.capacity
        assert all(t in agent.held and not t.rests for t in agent.in_work)
        assert agent.helping is None or (agent.helping in in_work and not agent.in_work)
        assert agent.on_shift or agent.free


@pytest.mark.parametrize("name", NAMES)
def test_tickets_are_conserved(name: str) -> None:
    desk, rng = desk_of(name), np.random.default_rng(6)
    while not wander(desk, rng):
        pass
    for counter, times in OFTEN.get(name, {}).items():
        assert desk.counts[counter] >= times, counter


@pytest.mark.parametrize("name", ["all_together", "hand_over_longest_idle", "triage_impatient"])
def test_legal_actions_are_what_the_mask_says(name: str) -> None:
    desk, rng = desk_of(name), np.random.default_rng(8)
    for _ in range(80):
        masks = desk.masks()
        tried = rng.integers(masks.shape[1], size=len(masks))
        refused = int((masks[np.arange(len(masks)), tried] == 0).sum())
        before = desk.counts["illegal_actions"]
        desk.step(tried.tolist())
        assert desk.counts["illegal_actions"] == before + refused


def test_seeds_repeat() -> None:
    """With all that agents learnt in the episodes between forgotten."""
    ends = []
    desk = desk_of("all_together")
    for seed in (5, 6, 5):
        desk.reset(seed)
        rng = np.random.default_rng(5)
        while not wander(desk, rng):
            pass
        ends.append(json.dumps(desk.metrics()))
    assert ends[0] == ends[2] != ends[1]
