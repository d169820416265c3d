"""Episodes of a policy: many at once as a batch, or one on a parallel environment."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.envs.parallel import Info, TicketRoutingEnv
from marl_routing.evaluation.protocol import choose, require_fit
from marl_routing.policies import BidPolicy, Policy
from marl_routing.scenario import Scenario, load_scenario

Kpis: TypeAlias = Mapping[str, Any]
Progress: TypeAlias = Callable[[int], None]  # told how many desk-steps were just done

BATCH = 256  # desks at once: more outgrow the cache


def rollout(
    scenario: str | Path | Scenario,
    policy: Policy | BidPolicy,
    episodes: int,
    seed: int = 0,
    *,
    progress: Progress | None = None,
) -> list[Kpis]:
    """Play whole episodes of a policy, seeds `seed`, `seed + 1`, ...

    Two policies on the same seeds meet the same tickets, and an episode is the same whatever the
    number of episodes.

    Args:
        scenario: a name, a path or a `Scenario`.
        policy: chooses every agent's action; where agents bid, an accept is a bid of 1.
        episodes: at least 1.
        seed: of the first episode.
        progress: called with the desk-steps just done.

    Returns:
        The KPIs of each episode, in order of seeds.
    """
    if episodes < 1:
        raise ValueError(f"episodes must be at least 1, not {episodes}")
    scenario = load_scenario(scenario)
    require_fit(policy, scenario)
    results: list[Kpis] = []
    for first in range(0, episodes, BATCH):
        desks = DeskBatch(scenario, num_envs=min(BATCH, episodes - first))
        results += _play_batch(desks, policy, seed + first, progress)
    return results


def _play_batch(
    desks: DeskBatch, policy: Policy | BidPolicy, seed: int, progress: Progress | None
) -> list[Kpis]:
    """One episode on every desk; all end together."""
    desks.reset(seed=seed)
    policy.reset(seed)
    for _ in range(desks.scenario.time.horizon_steps):
        desks.step(choose(policy, desks.view(), desks.action_masks))
        if progress is not None:
            progress(desks.num_envs)
    return [kpis for kpis in desks.final_metrics if kpis is not None]


def play(
    env: TicketRoutingEnv,
    policy: Policy | BidPolicy,
    seed: int = 0,
    max_steps: int | None = None,
) -> dict[str, Any]:
    """Play one episode on a parallel environment, which renders if it is made to.

    Args:
        env: with `action_mask="info"`.
        policy: chooses every agent's action.
        seed: of the episode and of the policy's ties.
        max_steps: stop earlier than the horizon.

    Returns:
        The KPIs at the end.
    """
    require_fit(policy, env.scenario)
    _, infos = env.reset(seed=seed)
    policy.reset(seed)
    steps = 0
    while env.agents and steps != max_steps:
        masks = np.stack([_mask(infos[agent]) for agent in env.agents])
        actions = choose(policy, env.view(), masks[None])[0]
        *_, infos = env.step(dict(zip(env.agents, actions, strict=True)))
        steps += 1
    return env.metrics()


def _mask(info: Info) -> NDArray[np.int8]:
    """(1 + K,) as policies read it: before the mask of bids, that not to bid is legal."""
    if "bid_mask" in info:
        return np.concatenate([np.ones(1, np.int8), info["bid_mask"]])
    if "action_mask" not in info:
        raise ValueError("play: expected an env made with action_mask='info'")
    mask: NDArray[np.int8] = info["action_mask"]
    return mask
