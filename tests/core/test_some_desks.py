"""Calls for some desks of a batch: those do what they do alone, the others stay as they are."""

from typing import Any

import numpy as np
import pytest

from marl_routing import DeskBatch, RewardTerm, load_scenario
from marl_routing.core.operate import OPERATIONS
from marl_routing.core.terms import TERMS
from tests.core.desks import legal_actions, queued_tickets

DESKS, HORIZON = 4, 20
DESK = load_scenario("small_desk", time__horizon_steps=130, arrivals__initial_backlog=6)
BUGS = load_scenario("engineering_triage", time__horizon_steps=130)


def make(scenario: Any = DESK, steps: int = 8, **settings: Any) -> DeskBatch:
    """Desks after some legal actions."""
    desks, rng = DeskBatch(scenario, DESKS, autoreset=False, **settings), np.random.default_rng(0)
    desks.reset(seed=1)
    for _ in range(steps):
        desks.step(legal_actions(desks, rng))
    return desks


def everything(desks: DeskBatch) -> list[Any]:
    """Copies of all that a desk shows, row by row."""
    shown = (desks.observations, desks.action_masks, desks.rewards, desks.truncations, desks.states)
    return [array.copy() for array in shown]


def assert_only(desks: DeskBatch, others: DeskBatch, before: list[Any], some: Any) -> None:
    """These desks are as those of another batch, the others as they were before."""
    rows = zip(everything(desks), everything(others), before, strict=True)
    for arrays in rows:
        for name in arrays[0].dtype.names or [...]:
            array, there, was = (one[name] for one in arrays)
            np.testing.assert_array_equal(array[some], there[some], str(name))
            np.testing.assert_array_equal(array[~some], was[~some], str(name))


SOME = np.array([True, False, False, True])


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("own_terms", [False, True])
def test_some_clocks_move(threads: int, own_terms: bool) -> None:
    terms = [RewardTerm("one", 1.0, lambda batch: np.ones(batch.rewards.shape))] * own_terms
    desks, others = (make(num_threads=threads, reward_terms=terms) for _ in range(2))
    before, actions = everything(desks), legal_actions(desks, np.random.default_rng(1))
    desks.step(actions, SOME)
    others.step(actions)
    assert_only(desks, others, before, SOME)
    desks.step(actions, ~SOME)
    assert_only(desks, others, before, np.ones(DESKS, bool))
    desks.step(actions)  # all again
    assert len(set(desks.states["step"].tolist())) == 1


def test_some_episodes_begin() -> None:
    for seed in (None, 9):
        desks, others = make(), make()
        before = everything(desks)
        desks.reset(seed, SOME)
        others.reset(seed)
        assert_only(desks, others, before, SOME)


def test_a_desk_past_its_horizon_rests_while_others_go_on() -> None:
    desks = make(steps=0)
    passes = np.zeros((DESKS, 2), np.int32)
    for _ in range(130):
        desks.step(passes)
    with pytest.raises(RuntimeError, match=r"reached their horizon: call reset\(\)"):
        desks.step(passes, SOME)
    desks.reset(desks=SOME)
    desks.step(passes, SOME)
    assert desks.states["step"].tolist() == [1, 130, 130, 1]
    assert desks.truncations[:, 0].tolist() == (~SOME).tolist()


def test_tickets_are_offered_held_and_placed_at_many_desks() -> None:
    desks, others = make(steps=1), make(steps=1)
    for agent in (1, 0, 7):  # the last does not exist
        tickets = desks.offer_desks(SOME)
        expected = [others.offer(env) if some else -1 for env, some in enumerate(SOME)]
        assert tickets.tolist() == expected
        assert (tickets[SOME] >= 0).all()
        before = everything(desks)
        desks.place_desks(tickets, np.full(DESKS, agent), SOME)
        for env in np.flatnonzero(SOME).tolist():
            earned = others.place(int(tickets[env]), agent, env)
            np.testing.assert_array_equal(earned, desks.rewards[env])
        assert_only(desks, others, before, SOME)
    tickets = desks.offer_desks(SOME)
    desks.hold_desks(tickets, SOME)
    assert (desks.offer_desks(SOME)[SOME] != tickets[SOME]).all()


def test_operations_at_many_desks() -> None:
    desks, others = make(BUGS, 30), make(BUGS, 30)
    rng, done = np.random.default_rng(0), 0
    for _ in range(30):
        listed = desks.open_tickets_of_desks()
        for env in range(DESKS):
            assert [t for t in listed[env].tolist() if t >= 0] == others.open_tickets(env)
        tickets = listed[:, :6]
        masks = desks.operation_masks_of_desks(tickets)
        for env in range(DESKS):
            alone = others.operation_masks(tickets[env].tolist(), env)
            np.testing.assert_array_equal(masks[env], alone)
        verbs, places, agents = (rng.integers(most, size=DESKS) for most in (6, 6, 4))
        chosen = tickets[np.arange(DESKS), places]
        before, some = everything(desks), rng.random(DESKS) < 0.7
        desks.operate_desks(verbs, chosen, agents, some)
        for env in np.flatnonzero(some).tolist():
            earned = others.operate(int(verbs[env]), int(chosen[env]), int(agents[env]), env)
            np.testing.assert_array_equal(earned, desks.rewards[env])
        assert_only(desks, others, before, some)
        illegal = before[-1]["illegal_actions"]
        done += int((desks.states["illegal_actions"] == illegal)[some].sum())
        for both in (desks, others):
            both.pass_time(np.ones(DESKS, bool))
    assert done > 10


ORDERS = {
    "number": DESK,
    "due": load_scenario(DESK, queue__order="deadline"),
    "priority": load_scenario(BUGS, arrivals__initial_backlog=9),
}


@pytest.mark.parametrize("first", ORDERS)
def test_open_tickets_stand_in_the_queues_order(first: str) -> None:
    desks, longest = make(ORDERS[first], 2), 0
    for env, queue in enumerate(queued_tickets(desks)):
        listed, tickets = desks.open_tickets(env), desks.states["tickets"][env]
        counts = desks.states["held_count"][env]
        rows = zip(desks.states["held"][env].tolist(), counts.tolist(), strict=True)
        held = [ticket for row, count in rows for ticket in row[:count]]
        queued = np.flatnonzero(queue).tolist()
        queued.sort(key=lambda t: (int(tickets[first][t]), int(tickets["number"][t])))
        assert listed == held + queued
        longest = max(longest, len(queued))
    assert longest > 2


def test_what_is_not_there_is_refused() -> None:
    desks, every = make(), np.ones(DESKS, bool)
    queued = desks.offer_desks(every)
    nowhere = np.where(SOME, queued, 10**6)
    desks.hold_desks(nowhere, SOME)  # those of the others do not matter
    for refused in (nowhere, np.where(SOME, queued, -1)):
        with pytest.raises(ValueError, match="ticket: expected the index of a queued ticket"):
            desks.place_desks(refused, queued, every)
    for some in ([1, 0, 1, 0], np.ones(3, bool)):
        with pytest.raises(ValueError, match=r"desks: expected bool of shape \(4,\)"):
            desks.step(np.zeros((DESKS, 2), np.int32), some)  # type: ignore[arg-type]
    for tickets in (queued[:2], queued.astype(float)):
        with pytest.raises(ValueError, match=r"tickets: expected integers of shape \(4\)"):
            desks.hold_desks(tickets, every)
    bugs = make(BUGS, 0)
    with pytest.raises(ValueError, match="ticket: expected the index of an open ticket, got 99"):
        bugs.operate_desks(np.zeros(DESKS, int), np.full(DESKS, 99), np.zeros(DESKS, int), every)
    with pytest.raises(ValueError, match=r"tickets: expected integers of shape \(4, any\)"):
        bugs.operation_masks_of_desks(np.zeros(DESKS, int))
    with pytest.raises(ValueError, match="with verbs, incidents, learning or customers"):
        desks.operation_masks_of_desks(np.zeros((DESKS, 1), int))
    assert len(OPERATIONS) == 5


@pytest.mark.parametrize("scenario", [DESK, BUGS], ids=lambda scenario: scenario.name)
def test_totals_are_the_terms_of_all_agents(scenario: Any) -> None:
    desks, rng, paid = make(scenario, 0), np.random.default_rng(0), np.zeros(len(TERMS))
    for _ in range(120):
        desks.step(legal_actions(desks, rng))
        terms = np.stack([desks.terms()[name].sum(axis=1) for name in TERMS], axis=1)
        np.testing.assert_allclose(desks.term_totals(), terms, rtol=1e-5, atol=1e-6)
        paid += abs(terms).sum(axis=0)
    assert paid[TERMS.index("sla_breach")] > 0
