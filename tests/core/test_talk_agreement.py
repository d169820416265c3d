"""The compiled desk and the readable oracle agree where agents talk to customers."""

import numpy as np
import pytest

from marl_routing.core.batch import Batch
from marl_routing.core.parameters import RELEASE, RESPOND, TRANSFER
from marl_routing.scenario import compile_scenario, load_scenario
from tests.core.talk_variants import ENDLESS, LIVELY, TALKS
from tests.core.test_agreement import play_dispatched
from tests.core.test_dynamic_agreement import begin, play
from tests.oracle.comparison import assert_same_desk, assert_same_metrics, assert_same_tickets
from tests.oracle.desk import OracleDesk
from tests.oracle.verbs import ACCEPT, Deed
from tests.oracle.walk import Verb, actions


@pytest.mark.parametrize("name", TALKS)
def test_every_rule(name: str) -> None:
    source, changes = TALKS[name]
    for seed in (0, 7):
        play(load_scenario(source, **changes), seed)


@pytest.mark.parametrize(
    "only",
    [(ACCEPT,), (ACCEPT, RESPOND), (ACCEPT, RESPOND, RELEASE), (ACCEPT, RESPOND, TRANSFER)],
    ids=["silent", "talkative", "releasing", "transferring"],
)
@pytest.mark.parametrize("name", ["all_together", "few_who_know", "silence_hurts"])
def test_some_verbs_alone(name: str, only: tuple[Verb, ...]) -> None:
    source, changes = TALKS[name]
    play(load_scenario(source, **changes), seed=2, only=only)


@pytest.mark.parametrize(
    "name",
    [
        "all_together",
        "few_who_know_in_shifts",
        "hand_over_at_the_end_of_a_shift",
        "business_clock",
        "mixed_all_industries",
    ],
)
def test_operations(name: str) -> None:
    """An operator acts on any ticket, several times a tick, while the agents talk."""
    source, changes = TALKS[name]
    play(load_scenario(source, **changes), seed=4, operations=3)


def test_a_very_long_conversation() -> None:
    """What failed a hundred times and more is no better than what failed twice."""
    scenario = load_scenario("support_bfsi", **ENDLESS)
    batch, desk = begin(compile_scenario(scenario), scenario, seed=1)
    soothe = desk.menu.index(Deed(RESPOND, 0))
    over = False
    while not over:
        masks = desk.masks()
        others = masks[:, 1:]
        first = np.where(others.any(axis=1), 1 + others.argmax(axis=1), 0)
        chosen = np.where(masks[:, soothe], soothe, first).astype(np.int32)
        batch.step(chosen[None])
        over = desk.step(chosen.tolist())
        assert_same_desk(batch, desk)
    assert max(ticket.talk.worn[0] for ticket in desk.tickets if ticket.talk) > 130


@pytest.mark.parametrize("acting", [False, True], ids=["dispatcher_alone", "beside_agents"])
def test_dispatcher(acting: bool) -> None:
    """Nobody gets a ticket back that it escalated."""
    play_dispatched(load_scenario("support_bfsi", **LIVELY), acting)


def test_desks_of_a_batch_over_several_episodes() -> None:
    """The counters of conversations end with the episode, as all others do."""
    horizon = 40
    scenario = load_scenario("support_bfsi", **LIVELY | {"time.horizon_steps": horizon})
    parameters = compile_scenario(scenario)
    batch = Batch(parameters, num_envs=3)
    batch.reset(4)
    desks = [OracleDesk(parameters, scenario) for _ in range(3)]
    for env, desk in enumerate(desks):
        desk.reset(4 + env)
    rng = np.random.default_rng(4)
    for step in range(1, 3 * horizon + 1):
        chosen = np.stack([actions(rng, desk) for desk in desks])
        batch.step(chosen)
        for env, desk in enumerate(desks):
            if not desk.step(chosen[env].tolist()):
                assert_same_desk(batch, desk, env)
                continue
            assert step % horizon == 0
            final = batch.final_metrics[env]
            assert final is not None
            assert_same_metrics(final, desk.metrics())
            desk.reset()
            assert_same_tickets(batch, desk, env)
