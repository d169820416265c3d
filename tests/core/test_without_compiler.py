"""The kernels' own Python source, run without the compiler.

Compiled code leaves no trace for coverage. `make coverage` therefore runs this file with
NUMBA_DISABLE_JIT=1 (else it is not collected). The few short runs here take every branch of the
rules, beside the oracle.
"""

from typing import Any

import numba
import numpy as np
import pytest

from marl_routing.core.batch import Batch
from marl_routing.core.user_terms import RewardTerm
from marl_routing.scenario import Scenario, compile_scenario, load_scenario
from tests.core.desks import any_actions, assert_conserved
from tests.core.dynamic_variants import DYNAMICS
from tests.core.replay import Replay
from tests.core.shift_variants import SHIFT_VARIANTS
from tests.core.talk_variants import TALKS
from tests.core.test_agreement import actions, dispatch, play
from tests.core.test_dynamic_agreement import play as play_dynamics
from tests.core.variants import BIDS, VARIANTS
from tests.oracle.comparison import assert_same_desk, assert_same_metrics
from tests.oracle.desk import OracleDesk

# NumPy says so when hashes wrap around, which compiled code does in silence.
pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")

HORIZON = 40


EVERY = {
    **{name: ("saas_balanced", changes) for name, changes in (VARIANTS | SHIFT_VARIANTS).items()},
    **{name: ("auction_desk", changes) for name, changes in BIDS.items()},
}


LIVELY = {
    **{
        name: DYNAMICS[name]
        for name in ("all_together", "pauses_of_a_business_clock", "triage_of_all_incidents")
    },
    **{
        f"talks {name}": TALKS[name]
        for name in ("all_together", "few_who_know_in_shifts", "plain_hurried")
    },
}


def short(variant: str) -> Scenario:
    """A variant cut short."""
    desk, changes = (EVERY | LIVELY)[variant]
    cut = {"time.horizon_steps": HORIZON, "time.warm_up_steps": 5}
    return load_scenario(load_scenario(desk, **changes), **cut)


@pytest.mark.parametrize("name", EVERY)
def test_every_rule(name: str) -> None:
    play(short(name), seed=3)


@pytest.mark.parametrize("name", LIVELY)
def test_every_dynamic(name: str) -> None:
    play_dynamics(short(name), seed=3, operations=2)


@pytest.mark.parametrize("variant", ["cannot_serve", "deadline", "oldest_no_peers"])
def test_dispatcher(variant: str) -> None:
    parameters = compile_scenario(short(variant))
    batch, desk = Batch(parameters, autoreset=False), OracleDesk(parameters)
    batch.reset(1)
    desk.reset(1)
    rng = np.random.default_rng(1)
    for _ in range(20):
        dispatch(batch, desk, rng)
        chosen = actions(rng, desk.masks())
        batch.step(chosen[None])
        desk.step(chosen.tolist())
        assert_same_desk(batch, desk)
    assert_same_metrics(batch.metrics(0), desk.metrics())


def test_autoreset_and_going_back() -> None:
    batch, rng = Batch(compile_scenario(short("everything")), 2), np.random.default_rng(0)
    batch.reset(seed=0)
    for _ in range(HORIZON - 3):
        batch.step(any_actions(batch, rng))
        assert_conserved(batch)
    snapshot, moves = batch.snapshot(), [any_actions(batch, rng) for _ in range(8)]
    ends = []
    for _ in range(2):
        batch.restore(snapshot)
        for row in moves:
            batch.step(row)
        assert (batch.states["episode"] == 1).all()
        ends.append((batch.state(), batch.final_observations.copy()))
    np.testing.assert_array_equal(ends[0][0], ends[1][0])
    np.testing.assert_array_equal(ends[0][1], ends[1][1])


@numba.njit
def held_by(rules: Any, desk: Any, agent: int) -> float:
    return float(desk.held_count[agent])


def test_user_terms() -> None:
    scenario = load_scenario("saas_balanced")
    term = RewardTerm("held", 1.0, held_by, compiled=True)
    plain, paid = (Batch(compile_scenario(scenario), 2, reward_terms=t) for t in ((), (term,)))
    for batch in (plain, paid):
        batch.reset(seed=0)
    for _ in range(5):
        row = any_actions(plain, np.random.default_rng(0))
        plain.step(row)
        paid.step(row)
        own = plain.states["held_count"].mean(axis=1, keepdims=True)  # sharing is 1
        np.testing.assert_allclose(paid.rewards, plain.rewards + own, rtol=1e-5, atol=1e-5)


def test_the_log_tells_of_every_ticket() -> None:
    scenario = short("everything")
    batch, rng = (
        Batch(compile_scenario(scenario), autoreset=False, record=True),
        np.random.default_rng(0),
    )
    batch.reset(seed=0)
    for _ in range(HORIZON):
        batch.step(any_actions(batch, rng))
    replayed, reported = Replay(batch.events(), scenario, HORIZON).metrics(), batch.metrics()
    for name in ("tickets", "resolved", "abandoned", "backlog_mean", "occupancy", "breaches"):
        assert replayed[name] == pytest.approx(reported[name]), name
