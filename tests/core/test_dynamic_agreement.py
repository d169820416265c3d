"""The compiled desk and the readable oracle agree where agents have verbs and things befall."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from marl_routing.core.batch import Batch
from marl_routing.core.parameters import (
    DEFER,
    ESCALATE,
    RELEASE,
    REQUEST_INFO,
    SWARM,
    TRANSFER,
    Parameters,
)
from marl_routing.scenario import Scenario, compile_scenario, load_scenario
from tests.core.dynamic_variants import DYNAMICS, LIVELY, calm, lively
from tests.core.episodes import play_episodes
from tests.core.test_agreement import bids, play_dispatched
from tests.oracle.comparison import (
    assert_close,
    assert_same_desk,
    assert_same_metrics,
)
from tests.oracle.desk import OracleDesk
from tests.oracle.records import open_places
from tests.oracle.verbs import ACCEPT
from tests.oracle.walk import Generator, Verb, actions, operation

VERBS = {
    "escalate": ESCALATE,
    "defer": DEFER,
    "swarm": SWARM,
    "request_info": REQUEST_INFO,
    "release": RELEASE,
    "transfer": TRANSFER,
}


def begin(parameters: Parameters, scenario: Scenario, seed: int) -> tuple[Batch, OracleDesk]:
    """The same episode on both."""
    batch, desk = Batch(parameters, autoreset=False), OracleDesk(parameters, scenario)
    batch.reset(seed)
    desk.reset(seed)
    assert_same_desk(batch, desk)
    return batch, desk


def play(
    scenario: Scenario,
    seed: int,
    only: tuple[Verb, ...] | None = None,
    operations: int = 0,
) -> None:
    """One whole episode on both, laid side by side after every step and operation."""
    batch, desk = begin(compile_scenario(scenario), scenario, seed)
    rng = np.random.default_rng(seed)
    over = False
    while not over:
        for _ in range(rng.integers(operations + 1)):
            operate(batch, desk, rng)
        chosen: NDArray[Any] = (
            bids(rng, (desk.sizes.agents, desk.sizes.slots))
            if desk.sizes.bidding
            else actions(rng, desk, only)
        )
        batch.step(chosen[None])
        over = desk.step(chosen.tolist())
        assert_same_desk(batch, desk)
        if over or desk.clock % 10 == 0:
            assert_same_metrics(batch.metrics(0), desk.metrics())


def operate(batch: Batch, desk: OracleDesk, rng: Generator) -> None:
    """One operation, legal or not."""
    chosen = operation(rng, desk)
    if chosen is None:
        return
    what, number, agent = chosen
    earned = batch.operate(what, open_places(batch.states[0])[number], agent, 0)
    desk.operate(what, number, agent)
    assert_close("earned", earned, desk.rewards)
    assert_same_desk(batch, desk)


@pytest.mark.parametrize("name", DYNAMICS)
def test_every_rule(name: str) -> None:
    source, changes = DYNAMICS[name]
    play(load_scenario(source, **changes), seed=7)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_alone(verb: str) -> None:
    """Where many agents are free, and where all have their hands full."""
    for changes in (calm(), LIVELY):
        play(load_scenario("everything_on", **changes), seed=2, only=(ACCEPT, VERBS[verb]))


@pytest.mark.parametrize(
    "name",
    [
        "all_together",
        "pauses_of_a_business_clock",
        "hand_over_at_the_end_of_a_shift",
        "hand_over_longest_idle",
        "three_at_a_time",
        "crowds",
        "triage_of_all_incidents",
        "triage_impatient",
        "storm_of_three_incidents",
        "market_of_all_incidents",
    ],
)
def test_operations(name: str) -> None:
    """An operator acts on any ticket, several times a tick, while the agents act too."""
    source, changes = DYNAMICS[name]
    play(load_scenario(source, **changes), seed=4, operations=3)


@pytest.mark.parametrize("acting", [False, True], ids=["dispatcher_alone", "beside_agents"])
def test_dispatcher(acting: bool) -> None:
    """Nobody gets a ticket that waits, or that another team is to have."""
    play_dispatched(load_scenario("everything_on", **lively()), acting)


def test_desks_of_a_batch_over_several_episodes() -> None:
    """What agents have learnt and what is on its way back ends with the episode."""
    play_episodes(load_scenario("everything_on", **lively(time__horizon_steps=40)), 4, actions)
