"""What is recorded of episodes are the episodes of `rollout`."""

import numpy as np
import pytest
from numpy.typing import NDArray

from marl_routing import load_scenario
from marl_routing.core.view import DeskView
from marl_routing.evaluation import rollout
from marl_routing.evaluation.recording import Recording, record
from marl_routing.policies import load_policy
from marl_routing.policies.policy import Actions, Masks, ObservingPolicy
from marl_routing.scenario import Scenario

DESK, EPISODES, SEED = load_scenario("small_desk"), 3, 5


class AskedEveryStep:
    """c_mu, which the kernel does not know of."""

    def __init__(self) -> None:
        self.name, self._rule = "asked", load_policy("c_mu")

    def reset(self, seed: int) -> None:
        self._rule.reset(seed)

    def act(self, view: DeskView, masks: Masks) -> Actions:
        actions: Actions = self._rule.act(view, masks)
        return actions


class Observing(AskedEveryStep, ObservingPolicy):
    """The same, if it is told what the agents see."""

    def fits(self, scenario: Scenario) -> bool:
        return True

    def observe(self, observations: NDArray[np.float32]) -> None:
        self.seen = observations.copy()

    def act(self, view: DeskView, masks: Masks) -> Actions:
        assert self.seen.shape == (*masks.shape[:2], 47)
        return super().act(view, masks)


@pytest.fixture(scope="module")
def recording() -> Recording:
    return record(DESK, load_policy("c_mu"), EPISODES, SEED)


def test_it_agrees_with_the_kpis(recording: Recording) -> None:
    kpis = rollout(DESK, load_policy("c_mu"), EPISODES, SEED)
    assert recording.episodes == EPISODES
    assert recording.clocks[[0, -1]].tolist() == [0, 240]
    np.testing.assert_array_equal(recording.backlog[-1], [one["backlog_end"] for one in kpis])
    np.testing.assert_array_equal(recording.occupancy, [one["occupancy_by_agent"] for one in kpis])
    assert recording.tickets == sum(one["tickets"] for one in kpis)
    alone = record(DESK, load_policy("c_mu"), 1, SEED)
    waited = alone.waits @ np.arange(len(alone.waits)) / alone.waits.sum()
    assert waited == pytest.approx(kpis[0]["wait_to_accept_minutes_accepted"])


@pytest.mark.parametrize("kind", [AskedEveryStep, Observing])
def test_a_policy_that_is_asked_at_every_step_gives_the_same(
    kind: type[AskedEveryStep], recording: Recording
) -> None:
    asked, steps = kind(), list[int]()
    other = record(DESK, asked, EPISODES, SEED, progress=steps.append)
    for name in ("clocks", "backlog", "waits", "occupancy"):
        np.testing.assert_array_equal(getattr(other, name), getattr(recording, name))
    assert sum(steps) == EPISODES * 240
