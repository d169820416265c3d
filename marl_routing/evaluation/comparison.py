"""Compare policies on the same tickets: KPIs, intervals, and who is best on the desk's reward."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.evaluation.episodes import Kpis, rollout
from marl_routing.evaluation.figures import in_short, plain
from marl_routing.evaluation.protocol import require_fit
from marl_routing.evaluation.statistics import Interval, mean_interval, paired_difference
from marl_routing.policies import BidPolicy, Policy, load_policy
from marl_routing.scenario import Scenario, load_scenario

REWARD = "reward"


@dataclass(frozen=True)
class Comparison:
    """Episodes of several policies on one scenario and the same seeds.

    Attributes:
        scenario: its name.
        seed: of the first episode.
        episodes: per policy.
        samples: policy to KPI (of a group: `by_tier.vip.csat`) to (episodes,) float64; nan where an
            episode has no such number.
        unfinished: policies that an interruption left out.
    """

    scenario: str
    seed: int
    episodes: int
    samples: dict[str, dict[str, NDArray[np.float64]]]
    unfinished: tuple[str, ...] = ()

    @property
    def kpis(self) -> list[str]:
        """Names of the KPIs."""
        return list(next(iter(self.samples.values())))

    @property
    def ranking(self) -> list[str]:
        """Policies by mean reward, the best first."""
        return sorted(self.samples, key=lambda policy: -self.interval(policy).mean)

    def interval(self, policy: str, kpi: str = REWARD) -> Interval:
        """Mean of a KPI over the episodes, with its 95 % interval."""
        return mean_interval(self.samples[policy][kpi])

    def difference(self, policy: str, kpi: str = REWARD, other: str | None = None) -> Interval:
        """Paired difference of a policy to another (default: the best), with its 95 % interval."""
        other = other or self.ranking[0]
        return paired_difference(self.samples[policy][kpi], self.samples[other][kpi])

    def headline(self) -> str:
        """What was found, in one plain sentence."""
        best, *rest = self.ranking
        reward = self.interval(best)
        text = (
            f"Over {self.episodes} episodes of {self.scenario} with the same tickets for every "
            f"policy, {best} served best (reward {_range(reward)})"
        )
        if rest:
            ahead = self.difference(best, other=rest[0])
            word = "ahead of" if ahead.excludes_zero else "not distinguishable from"
            text += f", {word} {rest[0]} (difference {_range(ahead)})"
        return f"{text}{self._time_saved(best, rest)}."

    def _time_saved(self, best: str, rest: Sequence[str]) -> str:
        """The mean time to resolution against the worst policy that resolved anything."""
        kpi = "resolution_minutes_mean"
        means = {policy: self.interval(policy, kpi).mean for policy in (best, *rest)}
        worst = [policy for policy in rest if math.isfinite(means[policy])][-1:]
        if not worst or not math.isfinite(means[best]):
            return ""
        return (
            f"; it resolved tickets in {means[best]:.0f} minutes on average, "
            f"{worst[0]} in {means[worst[0]]:.0f}"
        )

    def to_json(self) -> dict[str, Any]:
        """Plain data: per policy every KPI's mean and interval and its difference to the best."""
        rows = {
            policy: {
                kpi: {
                    **self.interval(policy, kpi)._asdict(),
                    "minus_best": self.difference(policy, kpi)._asdict(),
                    "episodes": self.samples[policy][kpi],
                }
                for kpi in self.kpis
            }
            for policy in self.ranking
        }
        data: dict[str, Any] = {
            "scenario": self.scenario,
            "seed": self.seed,
            "episodes": self.episodes,
            "best": self.ranking[0],
            "headline": self.headline(),
            "unfinished": self.unfinished,
            "policies": rows,
        }
        found: dict[str, Any] = plain(data)
        return found


def compare(
    scenario: str | Path | Scenario,
    policies: Sequence[str | Policy | BidPolicy],
    episodes: int = 100,
    seed: int = 0,
    *,
    num_threads: int = 1,
    progress: Callable[[str, int], None] | None = None,
) -> Comparison:
    """Play the same episodes with every policy.

    An interruption (`KeyboardInterrupt`) keeps the policies that are finished, if there are any.

    Args:
        scenario: a name, a path or a `Scenario`.
        policies: texts as `load_policy` reads them, or policies; no two of one name.
        episodes: per policy; seeds `seed`, `seed + 1`, ...
        seed: of the first episode.
        num_threads: threads that share the episodes; the results do not depend on it.
        progress: called with a policy's name and the desk-steps just done.
    """
    scenario = load_scenario(scenario)
    loaded = load_policies(policies, scenario)
    samples: dict[str, dict[str, NDArray[np.float64]]] = {}
    try:
        for policy in loaded:
            tell = _teller(progress, policy.name)
            samples[policy.name] = _columns(
                rollout(scenario, policy, episodes, seed, num_threads=num_threads, progress=tell)
            )
    except KeyboardInterrupt:
        if not samples:
            raise
    unfinished = tuple(policy.name for policy in loaded if policy.name not in samples)
    return Comparison(scenario.name, seed, episodes, samples, unfinished)


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


def _teller(
    progress: Callable[[str, int], None] | None, policy: str
) -> Callable[[int], None] | None:
    return None if progress is None else lambda steps: progress(policy, steps)


def _columns(episodes: Sequence[Kpis]) -> dict[str, NDArray[np.float64]]:
    """One array a KPI, of those that are single numbers, also in groups: `by_tier.vip.csat`."""
    flat = [dict(_numbers(episode)) for episode in episodes]
    return {kpi: np.array([episode[kpi] for episode in flat], np.float64) for kpi in flat[0]}


def _numbers(kpis: Kpis, prefix: str = "") -> Iterator[tuple[str, float]]:
    for name, value in kpis.items():
        if isinstance(value, dict):
            yield from _numbers(value, f"{prefix}{name}.")
        elif np.ndim(value) == 0 and not isinstance(value, str):
            yield f"{prefix}{name}", value


def _range(interval: Interval) -> str:
    """A mean and, where it is known, its 95 % interval, in words."""
    mean, low, high = map(in_short, interval)
    return f"{mean}, 95 % interval {low} to {high}" if math.isfinite(interval.low) else mean
