"""Every face tells the same event log."""

import numpy as np
import pytest

from marl_routing import DeskBatch, ticket_routing_v0

STEPS = 20


def test_every_face_tells_the_same_events() -> None:
    parallel = ticket_routing_v0.parallel_env("saas_balanced", record=True)
    parallel.reset(seed=4)
    batch = DeskBatch("saas_balanced", num_envs=2, record=True)
    batch.reset(seed=3)  # the second desk has seed 4
    aec = ticket_routing_v0.env("saas_balanced", record=True)
    aec.reset(seed=4)
    for _ in range(STEPS):
        parallel.step(dict.fromkeys(parallel.agents, 1))
        batch.step(np.ones((2, batch.num_agents), np.int32))
        for _ in aec.possible_agents:
            aec.step(1)
    events = parallel.events()
    assert events["step"].max() == STEPS
    np.testing.assert_array_equal(batch.events(1), events)
    np.testing.assert_array_equal(aec.unwrapped.events(), events)


@pytest.mark.parametrize("make", [ticket_routing_v0.parallel_env, DeskBatch])
def test_no_log_unless_asked_for(make) -> None:
    desk = make("saas_balanced")
    desk.reset(seed=0)
    with pytest.raises(RuntimeError, match="construct with record=True"):
        desk.events()
