import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from marl_routing.evaluation import Comparison, Interval, compare, mean_interval
from marl_routing.evaluation.precision import (
    PILOT,
    SPARE,
    episodes_to_play,
    relative_half_width,
)

DESK, POLICIES = "small_desk", ["c_mu", "random"]


@pytest.mark.parametrize(
    ("interval", "share"),
    [
        ((100.0, 99.0, 101.0), 0.01),
        ((-100.0, -101.0, -99.0), 0.01),
        ((5.0, 5.0, 5.0), 0.0),
        ((0.0, 0.0, 0.0), 0.0),
        ((0.0, -1.0, 1.0), math.inf),
    ],
)
def test_half_widths_are_shares_of_the_mean(
    interval: tuple[float, float, float], share: float
) -> None:
    assert relative_half_width(Interval(*interval)) == pytest.approx(share)


def test_the_widest_interval_says_how_many_episodes() -> None:
    steady = np.tile([99.0, 101.0], 50)
    wild = np.tile([50.0, 150.0], 50)
    width = relative_half_width(mean_interval(wild))
    assert episodes_to_play([steady], 0.01, 10_000) == 100
    more = math.ceil(SPARE * 100 * (width / 0.01) ** 2)
    assert more > 10_000
    assert episodes_to_play([steady, wild], 0.01, 100_000) == more
    assert episodes_to_play([steady, wild], 0.01, 5000) == 5000
    assert episodes_to_play([wild - 100.0], 0.01, 5000) == 5000  # a share of 0 is out of reach


Draw = Callable[[int], NDArray[np.float64]]


def coverage(draw: Draw, times: int) -> float:
    """How often the interval found at ± 5 % covers the mean, 1."""
    covered = 0
    for _ in range(times):
        rewards, goal = draw(PILOT), PILOT
        while (goal := episodes_to_play([rewards], 0.05, 10**6)) > rewards.size:
            rewards = np.concatenate([rewards, draw(goal - rewards.size)])
        interval = mean_interval(rewards)
        assert relative_half_width(interval) <= 0.05
        covered += interval.low <= 1.0 <= interval.high
    return covered / times


def test_stopping_at_the_precision_keeps_the_level() -> None:
    rng = np.random.default_rng(0)
    assert abs(coverage(lambda size: rng.normal(1.0, 0.3, size), 1500) - 0.95) < 0.02
    assert abs(coverage(lambda size: rng.gamma(4.0, 0.25, size), 1500) - 0.95) < 0.02


@pytest.fixture(scope="module")
def result() -> Comparison:
    return compare(DESK, POLICIES, PILOT, precision=0.06)


def test_it_plays_until_the_precision_and_no_other_tickets(result: Comparison) -> None:
    assert result.episodes > PILOT
    assert max(map(result.reached, POLICIES)) <= 0.06
    assert result.precision_reached() == "Every mean reward is known to ± 6 % or better."
    plain = compare(DESK, POLICIES, result.episodes)
    for policy in POLICIES:
        for kpi, column in plain.samples[policy].items():
            np.testing.assert_array_equal(result.samples[policy][kpi], column)
    asked = result.to_json()["precision"]
    assert asked["asked"] == 0.06
    assert asked["reached"]["c_mu"] == pytest.approx(result.reached("c_mu"))


def test_the_limit_is_kept_and_said() -> None:
    planned: list[int] = []
    result = compare(
        DESK, POLICIES, PILOT, precision=0.001, most_episodes=40, planned=planned.append
    )
    assert planned == [PILOT, 40]
    assert result.episodes == result.samples["random"]["reward"].size == 40
    text = result.precision_reached()
    assert text.startswith("After 40 episodes not known to ± 0.1 %: c_mu ± ")
    assert ", random ± " in text


def test_an_interruption_keeps_the_batches_that_are_finished() -> None:
    told: list[str] = []

    def interrupt(policy: str, steps: int) -> None:
        told.append(policy)
        if told.count("random") == 2:
            raise KeyboardInterrupt

    result = compare(DESK, POLICIES, PILOT, precision=0.001, most_episodes=40, progress=interrupt)
    assert result.unfinished == ("random",)
    assert result.episodes == PILOT
    assert {result.samples[policy]["reward"].size for policy in POLICIES} == {PILOT}


@pytest.mark.parametrize(
    ("precision", "episodes", "most", "sentence"),
    [
        (1.0, 64, 100, r"precision: expected a share above 0 and below 1 \(0.01 is 1 %\), not 1.0"),
        (math.nan, 64, 100, "precision: expected a share above 0 and below 1"),
        (0.01, 2, 100, "episodes: expected at least 30 with a precision, .* not 2"),
        (0.01, 64, 63, "most_episodes: expected at least the 64 of the first batch, not 63"),
    ],
)
def test_what_cannot_be_reached_is_refused(
    precision: float, episodes: int, most: int, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        compare(DESK, POLICIES, episodes, precision=precision, most_episodes=most)
