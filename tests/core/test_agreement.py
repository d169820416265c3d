"""The compiled desk and the readable oracle agree on every step of whole episodes."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from marl_routing.core.batch import Batch
from marl_routing.scenario import Scenario, compile_scenario, list_scenarios, load_scenario
from tests.core.episodes import play_episodes
from tests.core.variants import BIDS, BUSY, PAID, VARIANTS
from tests.oracle.comparison import (
    assert_close,
    assert_same_desk,
    assert_same_metrics,
)
from tests.oracle.desk import OracleDesk

WILD = 0.06  # share of actions that nobody checked

Generator = np.random.Generator


def actions(rng: Generator, masks: NDArray[np.int8]) -> NDArray[np.int32]:
    """(A,) mostly legal, the rest anything: masked, far out of range or negative."""
    num_agents, num_actions = masks.shape
    legal = (rng.random(masks.shape) * masks).argmax(axis=1)
    wild = rng.integers(-3, num_actions + 3, num_agents)
    chosen: NDArray[np.int32] = np.where(rng.random(num_agents) < WILD, wild, legal).astype("i4")
    return chosen


def bids(rng: Generator, shape: tuple[int, int]) -> NDArray[np.float32]:
    """(A, K) on any slot: many zeros, many equal bids, some out of range or no number at all."""
    drawn = rng.uniform(-0.3, 1.3, shape)
    drawn = np.where(rng.random(shape) < 0.7, np.round(4 * drawn) / 4, drawn)
    drawn[rng.random(shape) < rng.choice([0.3, 0.7, 0.95, 1.0])] = 0.0
    for odd in (np.nan, np.inf, -np.inf):
        drawn[rng.random(shape) < WILD / 3] = odd
    return drawn.astype(np.float32)


def choices(rng: Generator, desk: OracleDesk) -> NDArray[Any]:
    """What the agents of a desk do: actions or bids."""
    if desk.sizes.bidding:
        return bids(rng, (desk.sizes.agents, desk.sizes.slots))
    return actions(rng, desk.masks())


def play(scenario: Scenario, seed: int) -> None:
    """One whole episode on both, laid side by side after every step."""
    parameters = compile_scenario(scenario)
    batch, desk = Batch(parameters, autoreset=False), OracleDesk(parameters, scenario)
    batch.reset(seed)
    desk.reset(seed)
    assert_same_desk(batch, desk)
    rng = np.random.default_rng(seed)
    over = False
    while not over:
        chosen = choices(rng, desk)
        batch.step(chosen[None])
        over = desk.step(chosen.tolist())
        assert_same_desk(batch, desk)
        assert batch.truncations[0].tolist() == [over] * desk.sizes.agents
    assert_same_metrics(batch.metrics(0), desk.metrics())


@pytest.mark.parametrize("name", list_scenarios())
def test_shipped_scenarios(name: str) -> None:
    play(load_scenario(name), seed=11)


@pytest.mark.parametrize("name", VARIANTS)
def test_every_rule(name: str) -> None:
    scenario = load_scenario("saas_balanced", **VARIANTS[name])
    for seed in (0, 7):
        play(scenario, seed)


@pytest.mark.parametrize("name", BIDS)
def test_every_auction(name: str) -> None:
    play(load_scenario("auction_desk", **BIDS[name]), seed=5)


@pytest.mark.parametrize(
    ("scenario", "changes"),
    [
        ("saas_balanced", VARIANTS["abandoning"]),
        ("auction_desk", BIDS["greedy_second_price_deadline"]),
    ],
)
def test_desks_of_a_batch_over_several_episodes(scenario: str, changes: dict[str, Any]) -> None:
    changes = changes | {"time.horizon_steps": 40}
    # The third desk's seed passes the end of 64 bits.
    play_episodes(load_scenario(scenario, **changes), 2**64 - 2, choices)


def dispatch(batch: Batch, desk: OracleDesk, rng: Generator) -> None:
    """Decide the tickets of one tick as a dispatcher who errs now and then, and sometimes stops."""
    number = desk.offer()
    while number is not None and rng.random() < 0.9:
        index = batch.offer(0)
        assert batch.states[0]["tickets"]["number"][index] == number
        if rng.random() < 0.15:
            batch.hold(index, 0)
            desk.hold(number)
        else:
            agent = int(rng.integers(desk.sizes.agents))
            earned = batch.place(index, agent, 0)
            desk.place(number, agent)
            assert_close("earned", earned, desk.rewards)
            assert_same_desk(batch, desk)
        number = desk.offer()
    if number is None:
        assert batch.offer(0) == -1


@pytest.mark.parametrize("order", ["fifo", "priority", "deadline"])
@pytest.mark.parametrize("acting", [False, True], ids=["dispatcher_alone", "beside_agents"])
def test_dispatcher(order: str, acting: bool) -> None:
    """offer, place and hold agree, alone and followed by actions of the agents in the same tick."""
    changes = BUSY | PAID | {"agents.capacity": 10, "queue.order": order}
    if order == "priority":
        changes |= VARIANTS["priority_summary_rank"] | PAID
    play_dispatched(load_scenario("saas_balanced", **changes), acting)


@pytest.mark.parametrize("acting", [False, True], ids=["dispatcher_alone", "beside_agents"])
def test_dispatcher_of_a_market(acting: bool) -> None:
    changes = BIDS["sequential_second_price_deadline"]
    play_dispatched(load_scenario("auction_desk", **changes), acting)


def play_dispatched(scenario: Scenario, acting: bool) -> None:
    """One whole episode of which a dispatcher decides some tickets, and the agents others."""
    parameters = compile_scenario(scenario)
    batch, desk = Batch(parameters, autoreset=False), OracleDesk(parameters, scenario)
    batch.reset(1)
    desk.reset(1)
    rng = np.random.default_rng(1)
    over = False
    while not over:
        dispatch(batch, desk, rng)
        chosen = choices(rng, desk)
        if not acting:
            chosen = np.zeros_like(chosen)
        batch.step(chosen[None])
        over = desk.step(chosen.tolist())
        assert_same_desk(batch, desk)
    assert_same_metrics(batch.metrics(0), desk.metrics())
