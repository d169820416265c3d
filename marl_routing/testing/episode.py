"""Whole masked episodes, moment by moment, for the checks to look at."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from marl_routing.envs.parallel import TicketRoutingEnv

Make = Callable[[], TicketRoutingEnv]


class Moment(NamedTuple):
    """What one call of `reset` or `step` returned (a reset has no rewards and no flags)."""

    observations: dict[str, Any]
    rewards: dict[str, float]
    terminations: dict[str, bool]
    truncations: dict[str, bool]
    infos: dict[str, dict[str, Any]]


def require(condition: bool, sentence: str) -> None:
    """Say what is wrong; unlike a bare assert, also under `python -O`."""
    if not condition:
        raise AssertionError(sentence)


def begin(env: TicketRoutingEnv, seed: int | None) -> Moment:
    """Reset, as a moment."""
    observations, infos = env.reset(seed=seed)
    return Moment(observations, {}, {}, {}, infos)


def play(env: TicketRoutingEnv, moment: Moment, rng: np.random.Generator) -> Iterator[Moment]:
    """Play legal actions drawn from `rng` from this moment until the end."""
    while env.agents:
        moment = Moment(*env.step(legal_actions(env, moment, rng)))
        yield moment


def episode(
    env: TicketRoutingEnv, seed: int | None, choices: int = 0, steps: int | None = None
) -> Iterator[Moment]:
    """An episode with its reset, or the first `steps` of it; `choices` seeds the actions."""
    first = begin(env, seed)
    yield first
    yield from islice(play(env, first, np.random.default_rng(choices)), steps)


def mask_of(moment: Moment, agent: str) -> NDArray[np.int8] | None:
    """The agent's action mask, wherever it stands; None when the env offers none."""
    observation = moment.observations[agent]
    if isinstance(observation, dict):
        observation = observation.get("action_mask")
        return observation
    return moment.infos[agent].get("action_mask")


def legal_actions(
    env: TicketRoutingEnv, moment: Moment, rng: np.random.Generator
) -> dict[str, int]:
    """A legal action for each agent, every one equally likely."""
    return {agent: _choose(env, moment, agent, rng, legal=1) for agent in env.agents}


def forbidden_actions(
    env: TicketRoutingEnv, moment: Moment, rng: np.random.Generator
) -> dict[str, int]:
    """A masked action for each agent that has one."""
    return {
        agent: _choose(env, moment, agent, rng, legal=0)
        for agent in env.agents
        if not np.all(mask_of(moment, agent))
    }


def _choose(
    env: TicketRoutingEnv, moment: Moment, agent: str, rng: np.random.Generator, legal: int
) -> int:
    mask = mask_of(moment, agent)
    if mask is None:
        return int(rng.integers(env.action_space(agent).n))
    choices = np.flatnonzero(mask == legal)
    require(len(choices) > 0, f"{agent} has no legal action: its mask is all zeros.")
    return int(choices[rng.integers(len(choices))])


def alike(a: Any, b: Any) -> bool:
    """Exactly equal in type, shape and value, nan equal to nan."""
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(alike(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(alike(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    return bool(a == b or (a != a and b != b))
