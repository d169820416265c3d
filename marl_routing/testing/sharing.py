"""Checks that what an env returned stays as it was, and that writing into it changes nothing."""

from copy import deepcopy
from itertools import pairwise
from typing import Any

import numpy as np

from marl_routing.testing.episode import Make, Moment, alike, begin, legal_actions, require

SOME_STEPS = 40


def check_nothing_shared(make: Make, seed: int) -> None:
    """Neither steps nor agents share arrays or dicts; a user may write into all of them."""
    env, scribbled = make(), make()
    moment, copy = begin(env, seed), begin(scribbled, seed)
    rng = np.random.default_rng(seed)
    kept: list[tuple[Moment, Moment]] = []
    while env.agents and len(kept) < SOME_STEPS:
        _check_agents_apart(moment)
        kept.append((moment, deepcopy(moment)))
        require(
            alike(moment, copy), "Writing into what a step returned changed what came after it."
        )
        actions = legal_actions(env, moment, rng)
        for part in copy:
            _scribble(part)
        moment, copy = Moment(*env.step(actions)), Moment(*scribbled.step(actions))
    for step, (returned, as_it_was) in enumerate(kept):
        require(
            alike(returned, as_it_was), f"What step {step} returned was changed by a later step."
        )


def _check_agents_apart(moment: Moment) -> None:
    require(
        len({id(info) for info in moment.infos.values()}) == len(moment.infos),
        "Agents share one info dict.",
    )
    arrays = [array for part in moment for array in _arrays(part)]
    bounds = sorted(np.lib.array_utils.byte_bounds(array) for array in arrays)
    for (_, end), (start, _) in pairwise(bounds):
        require(end <= start, "Two agents' arrays share memory.")


def _arrays(part: Any) -> list[Any]:
    if isinstance(part, dict):
        return [array for value in part.values() for array in _arrays(value)]
    return [part] if isinstance(part, np.ndarray) else []


def _scribble(part: Any) -> None:
    """Spoil a nested dict of arrays, as a careless library might."""
    for value in part.values():
        if isinstance(value, dict):
            _scribble(value)
        elif isinstance(value, np.ndarray):
            value.fill(7)
    part["scribble"] = 7
