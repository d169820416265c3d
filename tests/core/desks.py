"""What the tests of the core share: actions, and what must hold on a desk at any time."""

from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from marl_routing.core.batch import Batch
from marl_routing.core.record import QUEUED
from marl_routing.scenario import Scenario, load_scenario
from tests.core import dynamic_facts

Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]


def joint(batch: Batch, actions: Ints) -> NDArray[Any]:
    """What the desks take for accepts: where agents bid, a bid of 1 for the slot."""
    if not batch.bidding:
        return actions
    slots = np.arange(1, batch.num_slots + 1)
    bids: NDArray[np.float32] = (actions[..., None] == slots).astype(np.float32)
    return bids


def _legal(batch: Batch, rng: np.random.Generator) -> Ints:
    drawn = rng.random(batch.action_masks.shape, np.float32) * batch.action_masks
    actions: Ints = drawn.argmax(axis=2).astype(np.int32)
    return actions


def legal_actions(batch: Batch, rng: np.random.Generator) -> NDArray[Any]:
    """(N, A): each agent's draw from its legal actions, pass among them; or such bids."""
    return joint(batch, _legal(batch, rng))


def any_actions(batch: Batch, rng: np.random.Generator) -> NDArray[Any]:
    """(N, A): one in ten is drawn without a look at the mask, or is no action at all."""
    legal = _legal(batch, rng)
    wild = rng.integers(-2, batch.action_masks.shape[2] + 2, legal.shape)
    return joint(batch, np.where(rng.random(legal.shape) < 0.1, wild, legal).astype(np.int32))


def open_tickets(batch: Batch) -> Flags:
    """(N, tickets): the places of the record that hold an open ticket."""
    free, count = batch.states["free"], batch.states["num_free"]
    is_open = np.ones(free.shape, np.bool_)
    env, place = np.nonzero(np.arange(free.shape[1]) < count[:, None])
    is_open[env, free[env, place]] = False
    return is_open & (batch.states["tickets"]["holder"] >= QUEUED)


def queued_tickets(batch: Batch) -> Flags:
    """(N, tickets): the places that hold a queued ticket."""
    queued: Flags = open_tickets(batch) & (batch.states["tickets"]["holder"] == QUEUED)
    return queued


def assert_conserved(batch: Batch) -> None:
    """Every ticket that ever came is accounted for once, by the counters and by the table."""
    states = batch.states
    came = states["arrivals"] + states["initial"]
    gone = states["resolved"] + states["abandoned"] + states["dropped"]
    back = states["reopened"] if batch.parameters.sizes.dynamic else 0
    np.testing.assert_array_equal(came + back, gone + states["num_open"])
    np.testing.assert_array_equal(came, states["next_number"])
    held = states["held_count"].sum(axis=1)
    np.testing.assert_array_equal(states["num_open"], states["num_queued"] + held)
    np.testing.assert_array_equal(states["num_open"], states["open"].sum(axis=1))
    np.testing.assert_array_equal(states["num_queued"], states["queued"].sum(axis=1))
    is_open, holder = open_tickets(batch), states["tickets"]["holder"]
    np.testing.assert_array_equal(states["num_open"], is_open.sum(axis=1))
    for agent in range(batch.num_agents):
        holds = (is_open & (holder == agent)).sum(axis=1)
        np.testing.assert_array_equal(states["held_count"][:, agent], holds)
    assert (states["held_count"] <= batch.parameters.rules.desk[0]["capacity"]).all()


def assert_masks_are_true(batch: Batch) -> None:
    """Legal if and only if the slot is filled and the agent is there, with room and skill.

    Where there are verbs, `dynamic_facts` says the rest.
    """
    rules, view = batch.parameters.rules.desk[0], batch.view()
    has_room = view.held < rules["capacity"]
    able = np.moveaxis((rules["speed"] > 0)[:, view.category], 0, 1)
    legal = view.filled[:, None, :] & (has_room & view.on_shift)[:, :, None] & able
    if batch.parameters.sizes.dynamic:
        legal &= dynamic_facts.is_for_them(batch)
    assert (batch.action_masks[:, :, 0] == 1).all()
    np.testing.assert_array_equal(batch.action_masks[:, :, 1 : 1 + batch.num_slots], legal)


def assert_within_bounds(batch: Batch) -> None:
    """Observations keep the bounds that their fields name, and the state keeps [-1, 1]."""
    low, high = (
        np.array(bound) for bound in list(zip(*batch.observation_fields(), strict=True))[1:]
    )
    seen = batch.observations
    assert np.isfinite(seen).all()
    assert ((seen >= low) & (seen <= high)).all()
    assert (np.abs(batch.state()) <= 1.0).all()


def some_desk(draw: Any) -> dict[str, Any]:
    """Changes of `saas_balanced` that leave the shape of its record, and so its code, alone."""
    law = draw(st.sampled_from(["memoryless", "deterministic", "lognormal", "gamma", "empirical"]))
    service: dict[str, Any] = {"law": law, "mean_minutes": draw(st.floats(4, 40))}
    if law in ("lognormal", "gamma"):
        service["cv"] = draw(st.floats(0.1, 3))
    if law == "empirical":
        service["samples"] = draw(st.lists(st.floats(0.5, 90), min_size=1, max_size=6))
    minutes = st.one_of(st.none(), st.floats(3, 200))
    return {
        "time.horizon_steps": draw(st.integers(30, 120)),
        "arrivals.load": draw(st.floats(0.0, 4.0)),
        "arrivals.initial_backlog": draw(st.integers(0, 150)),
        "service": service
        | {
            "speed": {"at_0": draw(st.sampled_from([0.0, 0.4])), "at_1": 1.0},
            "switch_minutes": draw(st.sampled_from([0, 0.5, 3])),
            "concurrency_slowdown": draw(st.sampled_from([0, 0.3])),
        },
        "agents.concurrency": draw(st.integers(1, 3)),
        "queue.order": draw(st.sampled_from(["fifo", "deadline"])),
        "queue.max_open_tickets": draw(st.integers(65, 128)),
        "queue.max_per_category": draw(st.one_of(st.none(), st.integers(1, 30))),
        "patience": {"mean_minutes_by_priority": draw(st.lists(minutes, min_size=4, max_size=4))},
        "protocol.arbitration": draw(
            st.sampled_from(["expertise", "least_loaded", "longest_idle", "random"])
        ),
        "protocol.on_conflict": draw(st.sampled_from(["lose", "next_of_category"])),
    }


@st.composite
def desks(draw: Any) -> Scenario:
    """Scenarios of every rule that share the compiled code of `saas_balanced`."""
    return load_scenario("saas_balanced", **some_desk(draw))
