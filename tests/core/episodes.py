"""Desks of a batch beside oracle desks, over several episodes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from marl_routing.core.batch import Batch
from marl_routing.scenario import Scenario, compile_scenario
from tests.oracle.comparison import (
    assert_close,
    assert_same_desk,
    assert_same_metrics,
    assert_same_tickets,
)
from tests.oracle.desk import OracleDesk

DESKS, EPISODES = 3, 3

Choose = Callable[[np.random.Generator, OracleDesk], Any]


def play_episodes(scenario: Scenario, seed: int, choose: Choose) -> None:
    """Desk i of a batch is the desk of seed + i, and autoreset goes on to the next episode."""
    horizon, parameters = scenario.time.horizon_steps, compile_scenario(scenario)
    batch = Batch(parameters, num_envs=DESKS)
    desks = [OracleDesk(parameters, scenario) for _ in range(DESKS)]
    batch.reset(seed)
    for env, desk in enumerate(desks):
        desk.reset(seed + env)
    rng = np.random.default_rng(seed)
    for step in range(1, EPISODES * horizon + 1):
        chosen = np.stack([choose(rng, desk) for desk in desks])
        batch.step(chosen)
        for env, desk in enumerate(desks):
            over = desk.step(chosen[env].tolist())
            assert over == (step % horizon == 0) == bool(batch.truncations[env, 0])
            if not over:
                assert_same_desk(batch, desk, env)
                continue
            assert_close("rewards", batch.rewards[env], desk.rewards)
            assert_close("final", batch.final_observations[env], desk.observations())
            final = batch.final_metrics[env]
            assert final is not None
            assert_same_metrics(final, desk.metrics())
            desk.reset()
            assert_same_tickets(batch, desk, env)
