"""Episodes of a policy, step by step: all that agents saw, did and were paid."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.evaluation.protocol import decide
from marl_routing.policies import BidPolicy, Policy
from marl_routing.scenario import Scenario, compile_scenario
from marl_routing.trajectories.schema import TERM, Arrays, Tables, tables_of

AT_ONCE = 64 << 20  # bytes of steps that are held in memory before they are written
MOST_DESKS = 256  # more outgrow the cache


class Episodes(NamedTuple):
    """Some whole episodes, of N desks side by side.

    Attributes:
        steps: (N, T, A, ...) by the names of `schema`.
        ends: (N, A, ...) likewise.
        events: (lines, ...) likewise, episode by episode.
    """

    steps: Arrays
    ends: Arrays
    events: Arrays


def play(
    scenario: Scenario,
    policy: Policy | BidPolicy,
    episodes: int,
    seed: int,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Episodes]:
    """Play whole episodes of seeds `seed`, `seed + 1`, ..., those of `evaluation.rollout`.

    Args:
        scenario: the desk.
        policy: chooses every agent's action.
        episodes: how many; they come in batches that fit into memory.
        seed: of the first.
        progress: called with the desk-steps just done.
    """
    together = _desks_at_once(scenario)
    for first in range(0, episodes, together):
        count = min(together, episodes - first)
        desks = DeskBatch(scenario, count, record=True, autoreset=False)
        yield _play_batch(desks, policy, first, seed + first, progress)


def prepare(scenario: Scenario, policy: Policy | BidPolicy) -> None:
    """Compile what `play` needs: seconds for each new set of sizes, later read from disk."""
    desks = DeskBatch(scenario, num_envs=2, record=True, autoreset=False)
    desks.reset(seed=0)
    policy.reset(0)
    desks.step(decide(policy, desks))


def _desks_at_once(scenario: Scenario) -> int:
    sizes = compile_scenario(scenario).sizes
    columns = tables_of(sizes).steps
    row = sum(np.dtype(c.dtype).itemsize * int(np.prod(c.shape)) for c in columns)
    episode = row * sizes.agents * scenario.time.horizon_steps
    return int(max(1, min(MOST_DESKS, AT_ONCE // episode)))


def _play_batch(
    desks: DeskBatch,
    policy: Policy | BidPolicy,
    first: int,
    seed: int,
    progress: Callable[[int], None] | None,
) -> Episodes:
    tables, horizon = tables_of(desks.parameters.sizes), desks.scenario.time.horizon_steps
    numbers = first + np.arange(desks.num_envs)
    steps = _blank(tables, desks, horizon)
    steps["episode"][:] = numbers[:, None, None]
    steps["step"][:] = np.arange(horizon)[:, None]
    steps["agent"][:] = np.arange(desks.num_agents)
    steps["truncated"][:, -1] = True
    desks.reset(seed=seed)
    policy.reset(seed)
    for step in range(horizon):
        for name, values in _seen(desks).items():
            steps[name][:, step] = values
        actions = decide(policy, desks)
        desks.step(actions)
        steps["action"][:, step] = actions
        steps["reward"][:, step] = desks.rewards
        for name, values in desks.terms().items():
            steps[TERM.format(name)][:, step] = values
        if progress is not None:
            progress(desks.num_envs)
    ends = {
        "episode": np.repeat(numbers, desks.num_agents),
        "seed": np.repeat(seed + np.arange(desks.num_envs), desks.num_agents),
        "steps": np.full(desks.num_envs * desks.num_agents, horizon),
        "agent": np.tile(np.arange(desks.num_agents), desks.num_envs),
        **_seen(desks),
    }
    return Episodes(steps, ends, _events(desks, numbers))


def _blank(tables: Tables, desks: DeskBatch, horizon: int) -> Arrays:
    """Room for every step."""
    rows = (desks.num_envs, horizon, desks.num_agents)
    return {column.name: np.zeros((*rows, *column.shape), column.dtype) for column in tables.steps}


def _seen(desks: DeskBatch) -> Arrays:
    """What agents see and may do now: the desks' own arrays."""
    masks: Any = desks.action_masks
    own = {"bid_mask": masks[:, :, 1:]} if desks.bidding else {"action_mask": masks}
    return {"observation": desks.observations, **own}


def _events(desks: DeskBatch, numbers: NDArray[np.int64]) -> Arrays:
    """The logs, one after another."""
    logs = [desks.events(env) for env in range(desks.num_envs)]
    lines = np.concatenate(logs)
    columns = {name: lines[name] for name in lines.dtype.names or ()}
    return {"episode": np.repeat(numbers, [len(log) for log in logs]), **columns}
