"""Checks of each moment alone: keys, types, spaces, the state, every ticket accounted for."""

from typing import Any

import numpy as np
from gymnasium import spaces

from marl_routing.envs.parallel import TicketRoutingEnv
from marl_routing.testing.episode import (
    Make,
    Moment,
    begin,
    bids_in,
    episode,
    legal_actions,
    mask_of,
    require,
)

PARTS = ("observations", "rewards", "terminations", "truncations", "infos")


def check_spaces(env: TicketRoutingEnv) -> None:
    """Agents are agent_0, agent_1, ...; spaces are equal, and the same objects at each call."""
    agents = env.possible_agents
    require(
        agents == [f"agent_{i}" for i in range(len(agents))],
        f"possible_agents must be a list agent_0, agent_1, ..., not {agents}.",
    )
    for agent in agents:
        for ask in (env.observation_space, env.action_space):
            require(ask(agent) is ask(agent), f"{ask.__name__} must return the same object.")
            require(ask(agent) == ask(agents[0]), f"{ask.__name__} must be equal for every agent.")


def check_episode(make: Make, seed: int) -> None:
    """Every moment of one whole episode keeps to the spaces, the types and the conservation law."""
    env = make()
    for step, moment in enumerate(episode(env, seed)):
        where = f"at step {step}"
        _check_keys(env, moment, where, is_reset=step == 0)
        _check_types(moment, where)
        for agent, observation in moment.observations.items():
            _check_value(
                env.observation_space(agent), observation, f"{agent}'s observation {where}"
            )
        _check_value(env.state_space, env.state(), f"the state {where}")
        _check_masks(env, moment, where)
        _check_conservation(env.counts(), where)


def check_end(make: Make, seed: int) -> None:
    """All agents end together by truncation; steps after the end do nothing."""
    env = make()
    last = begin(env, seed)
    rng = np.random.default_rng(seed)
    while env.agents:
        require(env.agents == env.possible_agents, "An agent left before the end of the episode.")
        last = Moment(*env.step(legal_actions(env, last, rng)))
        ended = set(last.truncations.values())
        require(len(ended) == 1, f"Agents must end together; truncations are {last.truncations}.")
        require(ended == {not env.agents}, "Truncations and env.agents disagree about the end.")
    before = env.metrics()
    require(env.step({}) == ({}, {}, {}, {}, {}), "step after the end must return empty dicts.")
    require(str(env.metrics()) == str(before), "step after the end changed the metrics.")


def _check_keys(env: TicketRoutingEnv, moment: Moment, where: str, is_reset: bool) -> None:
    for part in PARTS:
        keys = list(getattr(moment, part))
        expected = [] if is_reset and part not in ("observations", "infos") else env.possible_agents
        require(keys == expected, f"{part} {where} must hold exactly the agents, not {keys}.")


def _check_types(moment: Moment, where: str) -> None:
    for agent, reward in moment.rewards.items():
        require(
            type(reward) is float and bool(np.isfinite(reward)),
            f"{agent}'s reward {where} must be a finite Python float, not {reward!r}.",
        )
    for flags in (moment.terminations, moment.truncations):
        for agent, flag in flags.items():
            require(type(flag) is bool, f"{agent}'s flag {where} must be a bool, not {flag!r}.")
    require(not any(moment.terminations.values()), f"Desks only truncate; one terminated {where}.")


def _check_value(space: spaces.Space[Any], value: Any, what: str) -> None:
    if isinstance(space, spaces.Dict):
        for name, part in space.spaces.items():
            _check_value(part, value[name], f"{what} ({name})")
        return
    require(value.dtype == space.dtype, f"The dtype of {what} is {value.dtype}, not {space.dtype}.")
    require(space.contains(value), f"{what} is outside its space.")


def _check_masks(env: TicketRoutingEnv, moment: Moment, where: str) -> None:
    bidding = bids_in(env)
    right, wrong = ("bid_mask", "action_mask") if bidding else ("action_mask", "bid_mask")
    for agent, info in moment.infos.items():
        require(wrong not in info, f"{agent}'s mask {where} must be called {right}.")
        mask = mask_of(moment, agent)
        if mask is None:
            continue
        space = env.action_space(agent)
        shape = space.shape if isinstance(space, spaces.Box) else (int(space.n),)
        require(
            mask.dtype == np.int8 and mask.shape == shape,
            f"{agent}'s mask {where} must be int8 {shape}.",
        )
        require(bidding or bool(mask[0] == 1), f"{agent}'s mask {where} forbids to pass.")


def _check_conservation(tickets: dict[str, int], where: str) -> None:
    names = ("initial", "arrivals", "reopened", "resolved", "abandoned", "dropped", "open")
    counts = [tickets[name] for name in names]
    for name, count in zip(names, counts, strict=True):
        require(type(count) is int and count >= 0, f"{name} is {count!r} {where}.")
    require(
        sum(counts[:3]) == sum(counts[3:]),
        f"Tickets are lost or invented {where}: " + ", ".join(map("{} {}".format, names, counts)),
    )
