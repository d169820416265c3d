"""The compiled desk and the readable oracle agree where agents come and go."""

import numpy as np
import pytest

from marl_routing.core.batch import Batch
from marl_routing.scenario import compile_scenario, load_scenario
from tests.core.shift_variants import SHIFT_VARIANTS, in_shifts
from tests.core.test_agreement import actions, play, play_dispatched
from tests.oracle.comparison import assert_same_desk, assert_same_metrics, assert_same_tickets
from tests.oracle.desk import OracleDesk


@pytest.mark.parametrize("name", SHIFT_VARIANTS)
def test_every_rule(name: str) -> None:
    scenario = load_scenario("saas_balanced", **SHIFT_VARIANTS[name])
    for seed in (0, 7):
        play(scenario, seed)


def test_days_off_of_every_desk_and_episode() -> None:
    """Over midnight, and on through autoreset."""
    horizon = 60
    changes = SHIFT_VARIANTS["days_off"] | {"time.horizon_steps": horizon}
    scenario = load_scenario("saas_balanced", **changes)
    parameters = compile_scenario(scenario)
    batch = Batch(parameters, num_envs=3)
    batch.reset(4)
    desks = [OracleDesk(parameters, scenario) for _ in range(3)]
    for env, desk in enumerate(desks):
        desk.reset(4 + env)
    rng = np.random.default_rng(4)
    for step in range(1, 3 * horizon + 1):
        chosen = np.stack([actions(rng, desk.masks()) for desk in desks])
        batch.step(chosen)
        for env, desk in enumerate(desks):
            if not desk.step(chosen[env].tolist()):
                assert_same_desk(batch, desk, env)
            else:
                assert step % horizon == 0
                final = batch.final_metrics[env]
                assert final is not None
                assert_same_metrics(final, desk.metrics())
                desk.reset()
                assert_same_tickets(batch, desk, env)


@pytest.mark.parametrize("end_of_shift", ["keep", "hand_over", "requeue"])
def test_dispatcher(end_of_shift: str) -> None:
    """Nobody gets a ticket who is away; between decisions the agents act too."""
    play_dispatched(load_scenario("saas_balanced", **in_shifts(end_of_shift)), acting=True)
