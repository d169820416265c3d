"""What a batch refuses, in one sentence each, before compiled code can read beyond its arrays."""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest

from marl_routing import DeskBatch, RewardTerm


def ones(batch: Any) -> np.ndarray:
    return np.ones(batch.rewards.shape, np.float32)


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: DeskBatch("small_desk", num_envs="3"), "num_envs: expected a whole number"),
        (lambda: DeskBatch("small_desk", num_envs=2.5), "num_envs: expected a whole number"),
        (lambda: DeskBatch("small_desk", num_threads=0), "num_threads: expected a whole number"),
        (lambda: DeskBatch("small_desk", reward_terms=ones), "expected a list of RewardTerm"),
        (lambda: DeskBatch("small_desk", reward_terms=[ones]), "expected a list of RewardTerm"),
        (
            lambda: DeskBatch("small_desk", reward_terms=[RewardTerm("a", 1.0, ones)] * 2),
            "expected each name once",
        ),
        (lambda: RewardTerm("a", float("nan"), ones), "weight: expected a finite number"),
        (lambda: RewardTerm("a", "x", ones), "weight: expected a finite number"),
        (lambda: RewardTerm("a", 1.0, 3), "function: expected a function"),
        (lambda: RewardTerm("waiting", 1.0, ones), "is a term already"),
    ],
)
def test_wrong_arguments_are_named(build: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        build()


def test_a_desk_that_is_not_open_offers_nothing() -> None:
    desks = DeskBatch("small_desk", num_envs=2)
    for call in (desks.offer, desks.snapshot, lambda: desks.hold(0), lambda: desks.place(0, 0)):
        with pytest.raises(RuntimeError, match=r"reset\(\)"):
            call()


@pytest.mark.parametrize("env", [-1, 2, 10**9])
def test_a_desk_that_does_not_exist_is_refused(env: int) -> None:
    desks = DeskBatch("small_desk", num_envs=2)
    desks.reset(seed=0)
    for call in (desks.offer, lambda env: desks.hold(0, env), lambda env: desks.place(0, 0, env)):
        with pytest.raises(ValueError, match="env: expected from 0 to 1"):
            call(env)


@pytest.mark.parametrize("snapshot", [None, np.zeros(2)])
def test_restore_takes_snapshots_only(snapshot: Any) -> None:
    desks = DeskBatch("small_desk", num_envs=2)
    with pytest.raises(ValueError, match="snapshot"):
        desks.restore(snapshot)


def test_a_term_that_is_not_finite_is_refused() -> None:
    def broken(batch: Any) -> np.ndarray:
        return np.full(batch.rewards.shape, np.nan, np.float32)

    desks = DeskBatch("small_desk", reward_terms=[RewardTerm("broken", 1.0, broken)])
    desks.reset(seed=0)
    with pytest.raises(ValueError, match="'broken': expected finite numbers"):
        desks.step(np.zeros((1, 2), np.int32))


def test_a_compiled_term_reads_what_follows_from_the_rules() -> None:
    @numba.njit
    def room(rules: Any, desk: Any, agent: int) -> float:
        return rules.per_capacity[agent] * rules.capacity[agent]

    desks = DeskBatch("small_desk", reward_terms=[RewardTerm("room", 1.0, room, compiled=True)])
    desks.reset(seed=0)
    desks.step(np.zeros((1, 2), np.int32))
    assert desks.terms()["room"] == pytest.approx(1.0)
