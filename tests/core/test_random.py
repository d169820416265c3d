"""Draws: the published generator, and the laws that scenarios ask for."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from marl_routing import DeskBatch
from marl_routing.core import random
from marl_routing.core.record import NEVER
from marl_routing.scenario import load_scenario
from tests.oracle import draws

UNLIKELY = 1e-4  # how improbable a result may be: every draw here is the same in every run
NUM_DESKS, BACKLOG = 512, 100


def test_fold_is_splitmix64() -> None:
    """Reference output of splitmix64 for seed 1234567 (Vigna, prng.di.unimi.it/splitmix64.c)."""
    expected = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    seed, golden = 1234567, int(random.GOLDEN)
    states = [np.uint64((seed + (i + 1) * golden) % 2**64) for i in range(5)]
    with np.errstate(over="ignore"):
        assert [int(random.mix(state)) for state in states] == expected
    assert [draws.fold(seed, i) for i in range(5)] == expected


def test_the_stream_keys_of_an_episode_follow_from_seed_and_episode() -> None:
    batch = DeskBatch("small_desk", num_envs=2)
    batch.reset(7)
    batch.reset()
    for env in range(2):
        episode_key = draws.fold(draws.mix(7 + env), 1)
        keys = [draws.fold(episode_key, stream) for stream in range(random.NUM_STREAMS)]
        assert batch.states["keys"][env].tolist() == keys


def drawn(name: str = "saas_hard", **changes: Any) -> NDArray[Any]:
    """(desks, tickets) the initial backlogs, less number 0, which unused places have too."""
    changes = {"arrivals.initial_backlog": BACKLOG} | changes
    batch = DeskBatch(load_scenario(name, **changes), NUM_DESKS)
    batch.reset(seed=0)
    assert (batch.states["next_number"] == BACKLOG).all()
    tickets = np.take_along_axis(
        batch.states["tickets"], batch.states["tickets"]["number"].argsort(axis=1), axis=1
    )
    return tickets[:, 1 - BACKLOG :]


def assert_frequencies(values: NDArray[Any], shares: Any) -> None:
    expected = np.array(shares) / np.sum(shares) * values.size
    counts = np.bincount(values.ravel(), minlength=len(expected))
    assert (counts[expected == 0] == 0).all()
    possible = expected > 0
    assert stats.chisquare(counts[possible], expected[possible]).pvalue > UNLIKELY


def assert_mean(values: NDArray[Any], mean: float) -> None:
    error = values.std() / np.sqrt(values.size)
    assert abs(values.mean() - mean) < 4 * error, f"{values.mean()}, expected {mean}"


def test_categories_and_priorities_come_in_their_mix() -> None:
    arrivals, tickets = load_scenario("saas_hard").to_dict()["arrivals"], drawn()
    assert_frequencies(tickets["category"], arrivals["category_mix"])
    for category, mix in enumerate(arrivals["priority_mix"]):
        assert_frequencies(tickets["priority"][tickets["category"] == category], mix)


@pytest.mark.parametrize(
    ("law", "cv"),
    [
        ({"law": "lognormal", "cv": 1.2}, 1.2),
        ({"law": "gamma", "cv": 0.5}, 0.5),
        ({"law": "empirical", "samples": [1, 2, 9]}, np.std([1, 2, 9]) / 4),
        ({"law": "deterministic"}, 0.0),
    ],
)
def test_work_has_the_laws_mean_and_variance(law: dict[str, Any], cv: float) -> None:
    means = [20, 12, 15, 25, 30]
    tickets = drawn(service=law | {"mean_minutes": means})
    shapes = tickets["work"] / np.array(means)[tickets["category"]]
    if not cv:
        assert (shapes == 1).all()
        return
    assert_mean(shapes, 1.0)
    assert_mean((shapes - 1) ** 2, cv**2)


def test_patience_is_geometric() -> None:
    means = [60, 2, 180, 1]
    tickets = drawn(patience={"mean_minutes_by_priority": means})
    patience = tickets["patience_ends"] - tickets["arrived"]
    for priority, mean in enumerate(means):
        steps = patience[tickets["priority"] == priority]
        assert steps.min() == 1
        if mean == 1:
            assert steps.max() == 1
            continue
        assert_mean(steps, mean)
        assert_mean(steps == 1, 1 / mean)
        later = steps[steps > mean] - mean  # what is left forgets what has passed
        assert_mean(later, mean)
    assert (drawn("saas_easy")["patience_ends"] == NEVER).all()


def test_tickets_streams_and_desks_are_independent() -> None:
    """Neighbouring numbers, attributes of one ticket, and desks of neighbouring seeds."""
    tickets = drawn(patience={"mean_minutes_by_priority": [60, 60, 60, 60]})
    work = tickets["work"] / np.array([20, 12, 15, 25, 30])[tickets["category"]]
    patience = tickets["patience_ends"].astype(float)
    pairs = [
        (tickets["category"], work),
        (tickets["category"], patience),
        (work, patience),
        (work[:, 1:], work[:, :-1]),
        (patience[:, 1:], patience[:, :-1]),
        (work[1:], work[:-1]),
        (tickets["category"][1:], tickets["category"][:-1]),
        (patience[1:], patience[:-1]),
    ]
    for one, other in pairs:
        assert stats.spearmanr(one.ravel(), other.ravel()).pvalue > UNLIKELY


def arrivals(changes: dict[str, Any], steps: int = 60) -> NDArray[np.int32]:
    """(steps, desks) tickets that came in, dropped ones included."""
    batch = DeskBatch(load_scenario("saas_balanced", **changes), NUM_DESKS)
    batch.reset(seed=0)
    nothing = np.zeros((NUM_DESKS, batch.num_agents), np.int32)
    came = [batch.states["arrivals"].copy()]
    for _ in range(steps):
        batch.step(nothing)
        came.append(batch.states["arrivals"].copy())
    return np.diff(came, axis=0)


@pytest.mark.parametrize("rate_per_hour", [6.0, 90.0, 6000.0])
def test_arrivals_are_poisson_and_no_count_is_cut_short(rate_per_hour: float) -> None:
    mean = rate_per_hour / 60
    counts = arrivals({"arrivals": {"process": "poisson", "rate_per_hour": rate_per_hour}})
    assert_mean(counts, mean)
    assert_mean((counts - mean) ** 2, mean)
    assert counts.max() == pytest.approx(
        stats.poisson.isf(1 / counts.size, mean), abs=5 + mean / 10
    )
    assert stats.spearmanr(counts[1:].ravel(), counts[:-1].ravel()).pvalue > UNLIKELY
    assert stats.spearmanr(counts[:, 1:].ravel(), counts[:, :-1].ravel()).pvalue > UNLIKELY


def test_weekly_arrivals_follow_the_hour() -> None:
    rates = np.zeros(168)
    rates[9:11] = 60.0, 240.0  # Monday 09:00, where the episode starts
    changes = {"process": "weekly", "hourly_rates": rates.tolist()}
    counts = arrivals({"arrivals": changes}, steps=130)
    assert_mean(counts[:58], 1.0)
    assert_mean(counts[60:118], 4.0)
    assert counts[121:].sum() == 0


def test_bernoulli_arrivals_are_one_a_category_at_most() -> None:
    chances = [0.5, 0.0, 0.2, 1.0, 0.1]
    changes = {"arrivals": {"process": "bernoulli", "probabilities": chances}}
    batch = DeskBatch(load_scenario("saas_balanced", **changes), NUM_DESKS)
    batch.reset(seed=0)
    came = []
    for _ in range(10):
        before = batch.states["open"].copy()
        batch.step(np.zeros((NUM_DESKS, batch.num_agents), np.int32))
        came.append(batch.states["open"] - before)
    counts = np.array(came)
    assert set(np.unique(counts)) == {0, 1}
    for category, chance in enumerate(chances):
        if chance in (0, 1):
            assert (counts[:, :, category] == chance).all()
        else:
            assert_mean(counts[:, :, category], chance)
    assert stats.spearmanr(counts[..., 0].ravel(), counts[..., 2].ravel()).pvalue > UNLIKELY
