"""Play the same tickets with several policies."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from marl_routing.evaluation.comparison import REWARD, Comparison, Samples
from marl_routing.evaluation.episodes import Kpis, rollout
from marl_routing.evaluation.precision import MOST, check_precision, episodes_to_play
from marl_routing.evaluation.protocol import require_fit
from marl_routing.evaluation.seeds import TEST, refuse_training
from marl_routing.policies import BidPolicy, Policy, load_policy
from marl_routing.scenario import Scenario, load_scenario


def compare(
    scenario: str | Path | Scenario,
    policies: Sequence[str | Policy | BidPolicy],
    episodes: int = 100,
    seed: int = TEST,
    *,
    precision: float | None = None,
    most_episodes: int = MOST,
    num_threads: int = 1,
    progress: Callable[[str, int], None] | None = None,
    planned: Callable[[int], None] | None = None,
) -> Comparison:
    """Play the same episodes with every policy.

    An interruption (`KeyboardInterrupt`) keeps the policies that are finished, if there are any.

    Args:
        scenario: a name, a path or a `Scenario`.
        policies: texts as `load_policy` reads them, or policies; no two of one name.
        episodes: per policy; seeds `seed`, `seed + 1`, ..., none of which is a training seed.
        seed: of the first episode.
        precision: play on after those episodes until the 95 % interval of each policy's mean reward
            has this half width, as a share of the mean: 0.01 is ± 1 %.
        most_episodes: with a precision: per policy, whether it is reached or not.
        num_threads: threads that share the episodes; the results do not depend on it.
        progress: called with a policy's name and the desk-steps just done.
        planned: called with the episodes a policy to be played in all, before each batch.
    """
    scenario = load_scenario(scenario)
    loaded = load_policies(policies, scenario)
    check_episodes(episodes, seed, precision, most_episodes)
    samples: Samples = {}
    played, goal, unfinished = 0, episodes, tuple[str, ...]()
    while played < goal and not unfinished:
        if planned is not None:
            planned(goal)
        batch = _play(scenario, loaded, goal - played, seed + played, num_threads, progress)
        unfinished = tuple(policy.name for policy in loaded if policy.name not in batch)
        if not (samples and unfinished):
            samples, played = _joined(samples, batch), goal
        if precision is not None and not unfinished:
            rewards = [columns[REWARD] for columns in samples.values()]
            goal = episodes_to_play(rewards, precision, most_episodes)
    if not samples:
        raise KeyboardInterrupt
    return Comparison(scenario.name, seed, played, samples, unfinished, precision)


def check_episodes(episodes: int, seed: int, precision: float | None, most_episodes: int) -> None:
    """Refuse episodes that `compare` cannot or must not play.

    Raises:
        ValueError: says what was expected.
    """
    if precision is not None:
        check_precision(precision, episodes, most_episodes)
    refuse_training(seed, episodes if precision is None else most_episodes)


def load_policies(
    policies: Sequence[str | Policy | BidPolicy], scenario: Scenario
) -> list[Policy | BidPolicy]:
    """Policies to compare, from texts as `load_policy` reads them; at least one, no name twice.

    Raises:
        ValueError: also if one of them bids and the scenario's agents do not.
    """
    loaded = [load_policy(policy) if isinstance(policy, str) else policy for policy in policies]
    names = [policy.name for policy in loaded]
    if not names:
        raise ValueError("policies: expected at least one")
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"policies: {', '.join(sorted(twice))} named twice")
    for policy in loaded:
        require_fit(policy, scenario)
    return loaded


def _play(
    scenario: Scenario,
    policies: Sequence[Policy | BidPolicy],
    episodes: int,
    seed: int,
    num_threads: int,
    progress: Callable[[str, int], None] | None,
) -> Samples:
    """The policies' episodes; after an interruption those of the policies that are finished."""
    samples: Samples = {}
    with suppress(KeyboardInterrupt):
        for policy in policies:
            tell = _teller(progress, policy.name)
            samples[policy.name] = columns(
                rollout(scenario, policy, episodes, seed, num_threads=num_threads, progress=tell)
            )
    return samples


def _teller(
    progress: Callable[[str, int], None] | None, policy: str
) -> Callable[[int], None] | None:
    return None if progress is None else lambda steps: progress(policy, steps)


def _joined(samples: Samples, more: Samples) -> Samples:
    """Further episodes of the same policies after the others; no others, at first."""
    if not samples:
        return more
    return {
        policy: {kpi: np.concatenate([column, more[policy][kpi]]) for kpi, column in kpis.items()}
        for policy, kpis in samples.items()
    }


def columns(episodes: Sequence[Kpis]) -> dict[str, NDArray[np.float64]]:
    """One array a KPI, of those that are single numbers, also in groups: `by_tier.vip.csat`."""
    flat = [dict(_numbers(episode)) for episode in episodes]
    return {kpi: np.array([episode[kpi] for episode in flat], np.float64) for kpi in flat[0]}


def _numbers(kpis: Kpis, prefix: str = "") -> Iterator[tuple[str, float]]:
    for name, value in kpis.items():
        if isinstance(value, dict):
            yield from _numbers(value, f"{prefix}{name}.")
        elif np.ndim(value) == 0 and not isinstance(value, str):
            yield f"{prefix}{name}", value
