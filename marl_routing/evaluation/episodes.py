"""Episodes of a policy: many at once as a batch, or one on a parallel environment."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.envs.parallel import Info, TicketRoutingEnv
from marl_routing.evaluation.compiled import Player, is_compiled
from marl_routing.evaluation.protocol import choose, decide, require_fit
from marl_routing.evaluation.seeds import TEST
from marl_routing.policies import BidPolicy, Policy
from marl_routing.policies.policy import ObservingPolicy
from marl_routing.scenario import Scenario, compile_scenario, load_scenario

Kpis: TypeAlias = Mapping[str, Any]
Progress: TypeAlias = Callable[[int], None]  # told how many desk-steps were just done

BATCH = 256  # desks at once: more outgrow the cache


def rollout(
    scenario: str | Path | Scenario,
    policy: Policy | BidPolicy,
    episodes: int,
    seed: int = TEST,
    *,
    num_threads: int = 1,
    progress: Progress | None = None,
) -> list[Kpis]:
    """Play whole episodes of a policy, seeds `seed`, `seed + 1`, ...

    Two policies on the same seeds meet the same tickets, and an episode is the same whatever the
    number of episodes. Compiled policies play inside the kernel, others are asked at every step.

    Args:
        scenario: a name, a path or a `Scenario`.
        policy: chooses every agent's action; where agents bid, an accept is a bid of 1.
        episodes: at least 1.
        seed: of the first episode.
        num_threads: threads that share the episodes; the results do not depend on it.
        progress: called with the desk-steps just done.

    Returns:
        The KPIs of each episode, in order of seeds.
    """
    if not is_compiled(policy):
        return rollout_in_steps(
            scenario, policy, episodes, seed, num_threads=num_threads, progress=progress
        )
    scenario = _checked(scenario, policy, episodes, num_threads)
    parameters, results = compile_scenario(scenario), list[Kpis]()
    for first in range(0, episodes, BATCH):
        player = Player(parameters, min(BATCH, episodes - first), num_threads)
        results += player.play(policy, seed + first, progress)
    return results


def rollout_in_steps(
    scenario: str | Path | Scenario,
    policy: Policy | BidPolicy,
    episodes: int,
    seed: int = TEST,
    *,
    num_threads: int = 1,
    progress: Progress | None = None,
) -> list[Kpis]:
    """As `rollout`, with the same results: the policy is asked at every step of a `DeskBatch`."""
    scenario, results = _checked(scenario, policy, episodes, num_threads), list[Kpis]()
    for first in range(0, episodes, BATCH):
        desks = DeskBatch(scenario, min(BATCH, episodes - first), num_threads)
        desks.reset(seed=seed + first)
        policy.reset(seed + first)
        for _ in range(scenario.time.horizon_steps):
            desks.step(decide(policy, desks))
            if progress is not None:
                progress(desks.num_envs)
        results += [kpis for kpis in desks.final_metrics if kpis is not None]
    return results


def _checked(
    scenario: str | Path | Scenario, policy: Policy | BidPolicy, episodes: int, num_threads: int
) -> Scenario:
    for name, number in (("episodes", episodes), ("num_threads", num_threads)):
        if number < 1:
            raise ValueError(f"{name} must be at least 1, not {number}")
    scenario = load_scenario(scenario)
    require_fit(policy, scenario)
    return scenario


def prepare(scenario: Scenario, policy: Policy | BidPolicy) -> None:
    """Compile what `rollout` needs: seconds for each new set of sizes, later read from disk."""
    if is_compiled(policy):
        Player(compile_scenario(scenario), num_envs=1).prepare(policy)
    else:
        prepare_steps(scenario, policy)


def prepare_steps(scenario: Scenario, policy: Policy | BidPolicy) -> None:
    """Compile what `rollout_in_steps` and `play` need."""
    desks = DeskBatch(scenario, num_envs=2)  # a policy that knows of one desk alone is found out
    desks.reset(seed=0)
    policy.reset(0)
    decide(policy, desks)


def play(
    env: TicketRoutingEnv,
    policy: Policy | BidPolicy,
    seed: int = TEST,
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
    observations, infos = env.reset(seed=seed)
    policy.reset(seed)
    steps = 0
    while env.agents and steps != max_steps:
        masks = np.stack([_mask(infos[agent]) for agent in env.agents])
        if isinstance(policy, ObservingPolicy):
            policy.observe(np.array([[observations[agent] for agent in env.agents]], np.float32))
        actions = choose(policy, env.view(), masks[None])[0]
        observations, *_, infos = env.step(dict(zip(env.agents, actions, strict=True)))
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
