"""Whole masked episodes, moment by moment, for the checks to look at."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from gymnasium import spaces
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
    """The agent's mask of actions or of bids, wherever it stands; None when there is none."""
    observation = moment.observations[agent]
    if isinstance(observation, dict):
        observation = observation.get("action_mask")
        return observation
    info = moment.infos[agent]
    return info.get("action_mask", info.get("bid_mask"))


def bids_in(env: TicketRoutingEnv) -> bool:
    """Whether the env's agents bid."""
    return isinstance(env.action_space(env.possible_agents[0]), spaces.Box)


def legal_actions(
    env: TicketRoutingEnv, moment: Moment, rng: np.random.Generator
) -> dict[str, Any]:
    """A legal action for each agent, every one equally likely; or bids, half of them none."""
    if bids_in(env):
        return {agent: _draw_bids(env, moment, agent, rng) for agent in env.agents}
    return {agent: _choose(env, moment, agent, rng, legal=1) for agent in env.agents}


def _draw_bids(
    env: TicketRoutingEnv, moment: Moment, agent: str, rng: np.random.Generator
) -> NDArray[np.float32]:
    mask, slots = mask_of(moment, agent), len(env.action_meanings(agent))
    bids = rng.random(slots) * (rng.random(slots) < 0.5) * (1 if mask is None else mask)
    return bids.astype(np.float32)


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
        return int(rng.integers(len(env.action_meanings(agent))))
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
