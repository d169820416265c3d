"""Copies that look ahead learn nothing of the future, nor of what tickets hide."""

from typing import Any

import numpy as np
import pytest

from marl_routing import DeskBatch
from marl_routing.core.compiler import blank_records
from marl_routing.core.forgetting import forget_desks
from marl_routing.core.random import ABSENCE
from marl_routing.core.record import PATIENCE_ENDS
from marl_routing.policies import load_policy

COPIES = 64


@pytest.fixture(scope="module")
def desks() -> DeskBatch:
    """Lognormal work, customers who give up; in the middle of things."""
    desks, policy = DeskBatch("saas_hard", 1), load_policy("best_skill")
    desks.reset(seed=3)
    for _ in range(60):
        desks.step(policy.act(desks.view(), desks.action_masks))
    return desks


def open_tickets(state: Any) -> list[int]:
    """Places of the open tickets in a desk's record."""
    taken = np.ones(len(state["tickets"]), bool)
    taken[state["free"][: state["num_free"]]] = False
    places: list[int] = np.flatnonzero(taken & (state["tickets"]["holder"] >= -1)).tolist()
    return places


def forgotten(desks: DeskBatch, count: int) -> np.ndarray:
    copies = blank_records(count, desks.states.dtype)
    copies[:] = desks.states[0]
    forget_desks(desks.rules.desk, copies, np.uint64(7), 3)
    return copies


def test_what_is_hidden_makes_no_difference(desks: DeskBatch) -> None:
    before = forgotten(desks, 5)
    kept = desks.states.copy()
    held = open_tickets(desks.states[0])
    assert len(held) > 10
    desks.states["keys"][0, np.arange(kept["keys"].shape[1]) != ABSENCE] = 77
    desks.states["tickets"]["work"][0, held] = 1.0
    after = forgotten(desks, 5)
    desks.states[:] = kept
    assert after.tobytes() == before.tobytes()


def test_nor_does_how_long_customers_would_have_waited(desks: DeskBatch) -> None:
    before, kept = forgotten(desks, 5), desks.states.copy()
    forget_desks(desks.rules.desk, desks.states, np.uint64(8), 0)  # with the timers that go with it
    tickets = open_tickets(kept[0])
    ends = [states["tickets"]["patience_ends"][0, tickets] for states in (desks.states, kept)]
    assert (ends[0] != ends[1]).sum() > 5
    after = forgotten(desks, 5)
    desks.states[:] = kept
    for copies in (before, after):  # what came after a timer that has stopped is nothing
        stopped = copies["tickets"]["timer_previous"] == -2
        copies["tickets"]["timer_next"][stopped] = 0
    assert after.tobytes() == before.tobytes()


def test_what_is_seen_stays(desks: DeskBatch) -> None:
    copies = forgotten(desks, COPIES)
    for name in ("step", "slots", "held", "held_count", "queued", "open", "idle_since", "head"):
        assert (copies[name] == desks.states[name][0]).all(), name
    for name in ("number", "arrived", "due", "category", "priority", "holder", "served", "delay"):
        assert (copies["tickets"][name] == desks.states["tickets"][name][0]).all(), name


def test_work_and_patience_are_drawn_anew(desks: DeskBatch) -> None:
    copies, state = forgotten(desks, COPIES), desks.states[0]
    tickets = open_tickets(state)
    waiting = [index for index in tickets if state["tickets"]["served"][index] == 0]
    minutes = desks.rules.desk[0]["mean_minutes"][state["tickets"]["category"][waiting]]
    work = copies["tickets"]["work"][:, waiting]
    assert (work > 0).all()
    assert (work / minutes).mean() == pytest.approx(1.0, abs=0.1)
    begun = [index for index in tickets if state["tickets"]["served"][index] > 0]
    assert (copies["tickets"]["work"][:, begun] > 0).all()
    ends = copies["tickets"]["patience_ends"][:, waiting]
    assert (ends > state["step"]).all()
    assert len(np.unique(ends[:, 0])) > 5


def test_customers_still_give_up_when_their_patience_ends(desks: DeskBatch) -> None:
    copies = forgotten(desks, COPIES)
    timers = copies["tickets"]["timer_previous"][:, :, PATIENCE_ENDS]
    batch = DeskBatch("saas_hard", COPIES)
    batch.restore(copies)
    ends, open_ = copies["tickets"]["patience_ends"], open_tickets(desks.states[0])
    served = copies["tickets"]["served"][0]
    waiting = [index for index in open_ if served[index] == 0]
    assert (timers[:, waiting] != -2)[ends[:, waiting] <= 480].all()
    before = batch.states["abandoned"].copy()
    batch.step(np.zeros((COPIES, batch.num_agents), np.int32))
    expected = ((ends == copies["step"][:, None] + 1)[:, waiting]).sum(axis=1)
    newly = batch.states["abandoned"] - before
    queued = desks.states["tickets"]["holder"][0][waiting] < 0
    alone = ((ends == copies["step"][:, None] + 1)[:, waiting] & queued).sum(axis=1)
    assert expected.sum() > 0
    assert (alone <= newly).all()
    assert (newly <= expected).all()
