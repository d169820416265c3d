"""Checks of randomness: what must repeat exactly, and what must not."""

import pickle
from itertools import zip_longest

import numpy as np

from marl_routing.testing.episode import Make, alike, begin, episode, play, require

SOME_STEPS = 40  # into the episode, where tickets are queued, held and in work


def check_same_seed(make: Make, seed: int) -> None:
    """Two envs, one seed, the same actions: the same whole episode."""
    one, other = make(), make()
    pairs = zip_longest(episode(one, seed), episode(other, seed))
    for step, (a, b) in enumerate(pairs):
        require(alike(a, b), f"One seed gave two different episodes, at step {step}.")
    require(alike(one.metrics(), other.metrics()), "One seed gave two different metrics.")
    require(alike(one.state(), other.state()), "One seed gave two different states.")


def check_reset_continues(make: Make, seed: int) -> None:
    """`reset()` begins the next episode, whatever was played; `reset(seed)` begins again."""
    played, rested = make(), make()
    first = list(episode(played, seed, choices=1, steps=SOME_STEPS))
    for _ in episode(played, seed, choices=2):
        pass
    begin(rested, seed)
    for number in (1, 2):
        a = list(episode(played, None, choices=3, steps=SOME_STEPS))
        b = list(episode(rested, None, choices=3, steps=SOME_STEPS))
        require(alike(a, b), f"reset() after reset({seed}) depends on what was played before.")
        require(len(a) > 0, f"Episode {number} is empty.")
    again = list(episode(rested, seed, choices=1, steps=SOME_STEPS))
    require(alike(first, again), f"reset({seed}) did not begin again: the seed leaks.")


def check_episodes_differ(make: Make, seed: int) -> None:
    """Another seed, and the next episode of one seed, are other episodes."""
    hint = "; expected only where nothing is random: stochastic=False, or --deterministic"
    env = make()
    first, other = list(episode(env, seed)), list(episode(env, seed + 1))
    require(not alike(first, other), f"Seeds {seed} and {seed + 1} gave the same episode{hint}.")
    begin(env, seed)
    second = list(episode(env, None))
    require(not alike(first, second), f"reset() after reset({seed}) repeated the episode{hint}.")
    require(not alike(other, second), f"Episode 1 of seed {seed} is episode 0 of {seed + 1}.")


def check_snapshot(make: Make, seed: int) -> None:
    """A restored desk, in the same env or a new one, goes on exactly as the first time."""
    env = make()
    moment = list(episode(env, seed, steps=SOME_STEPS))[-1]
    snapshot = env.snapshot()
    pickled = pickle.dumps(snapshot)
    now = (env.state(), env.metrics())
    future = list(play(env, moment, np.random.default_rng(1)))
    future.append(begin(env, None))
    for name, again, saved in (
        ("the same env", env, snapshot),
        ("a new env, pickled", make(), pickle.loads(pickled)),
    ):
        again.restore(saved)
        require(
            alike(now, (again.state(), again.metrics())),
            f"restore in {name} did not bring back the state and the metrics.",
        )
        replay = list(play(again, moment, np.random.default_rng(1)))
        replay.append(begin(again, None))
        require(alike(future, replay), f"After restore in {name} the episode went another way.")
