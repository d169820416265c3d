"""Checks of desks where agents bid: masks tell the truth, and no bid breaks the desk."""

from itertools import cycle
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.envs.parallel import TicketRoutingEnv
from marl_routing.testing.episode import (
    Make,
    Moment,
    alike,
    begin,
    legal_actions,
    mask_of,
    require,
)


def check_bid_masks(make: Make, seed: int) -> None:
    """Whoever bids alone where its mask allows wins; bids that masks forbid do nothing."""
    env, cautious = make(), make()
    moment = begin(env, seed)
    begin(cautious, seed)
    if mask_of(moment, env.agents[0]) is None:
        return
    rng = np.random.default_rng(seed)
    while env.agents:
        agents = env.agents
        masks = np.array([mask_of(moment, agent) for agent in agents])
        lone = _lone_bids(masks, rng)
        daring = np.where(masks == 0, 1.0, lone) if rng.random() < 0.5 else lone
        moment = Moment(*env.step(dict(zip(agents, daring, strict=True))))
        twin = Moment(*cautious.step(dict(zip(agents, lone, strict=True))))
        won = env.desk_record["won"] > 0  # the terms pay only for a ticket's first accept
        require(
            np.array_equal(won, lone.any(axis=1)),
            "A mask lies: a bid that it allows, and that nobody else made, did not win.",
        )
        require(
            alike(moment.observations, twin.observations),
            "A mask lies: a bid that it forbids did something.",
        )


def _lone_bids(masks: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.float32]:
    """(A, K): a bid of 1 by each agent that may bid for the slot drawn for it alone."""
    agents, slots = masks.shape
    bids = np.zeros((agents, slots), np.float32)
    some = min(agents, slots)
    pairs = rng.permutation(agents)[:some], rng.permutation(slots)[:some]
    bids[pairs] = masks[pairs]
    return bids


def check_strange_bids(make: Make, seed: int) -> None:
    """What is no K numbers is no bid; numbers of any kind are understood and clipped."""
    env, plain = make(), make()
    moment = begin(env, seed)
    begin(plain, seed)
    rng = np.random.default_rng(seed)
    slots = len(env.action_meanings(env.agents[0]))
    strange: tuple[Any, ...] = (
        0,
        "bid",
        None,
        np.ones((slots, 1)),
        np.ones(slots + 1),
        np.full(slots, np.nan),
        [[1], []],
        np.full(slots, "1"),
    )
    for kind, odd in cycle(zip(_KINDS * 2, strange, strict=True)):
        if not env.agents:
            return
        bids = legal_actions(env, moment, rng)
        first, *others = env.agents
        told = {agent: kind(bids[agent]) for agent in others if bids[agent].any()}
        moment = _step(env, told | {first: odd}, odd)
        understood = Moment(*plain.step(bids | {first: np.zeros(slots, np.float32)}))
        require(
            alike(moment.observations, understood.observations),
            f"Bids {odd!r} did something, or bids were misread, or a missing agent bid.",
        )


def _out_of_bounds(bids: NDArray[np.float32]) -> NDArray[np.float64]:
    """The same bids, so that clipping brings them back."""
    return np.where(bids > 0, bids, -3.0)


_KINDS: tuple[Any, ...] = (np.float64, np.ndarray.tolist, tuple, _out_of_bounds)


def _step(env: TicketRoutingEnv, actions: dict[str, Any], odd: object) -> Moment:
    try:
        return Moment(*env.step(actions))
    except Exception as error:
        raise AssertionError(f"Bids {odd!r} must be no bids, not raise {error!r}.") from error
