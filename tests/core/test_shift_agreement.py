"""The compiled desk and the readable oracle agree where agents come and go."""

import pytest

from marl_routing.scenario import load_scenario
from tests.core.episodes import play_episodes
from tests.core.shift_variants import SHIFT_VARIANTS, in_shifts
from tests.core.test_agreement import actions, play, play_dispatched


@pytest.mark.parametrize("name", SHIFT_VARIANTS)
def test_every_rule(name: str) -> None:
    scenario = load_scenario("saas_balanced", **SHIFT_VARIANTS[name])
    for seed in (0, 7):
        play(scenario, seed)


def test_days_off_of_every_desk_and_episode() -> None:
    """Over midnight, and on through autoreset."""
    changes = SHIFT_VARIANTS["days_off"] | {"time.horizon_steps": 60}
    scenario = load_scenario("saas_balanced", **changes)
    play_episodes(scenario, 4, lambda rng, desk: actions(rng, desk.masks()))


@pytest.mark.parametrize("end_of_shift", ["keep", "hand_over", "requeue"])
def test_dispatcher(end_of_shift: str) -> None:
    """Nobody gets a ticket who is away; between decisions the agents act too."""
    play_dispatched(load_scenario("saas_balanced", **in_shifts(end_of_shift)), acting=True)
