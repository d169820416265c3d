"""What policies made of the same tickets: KPIs, intervals, and who is best on the desk's reward."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from marl_routing.evaluation.aggregates import (
    improvements,
    interquartile_mean,
    stratified_bootstrap,
)
from marl_routing.evaluation.figures import in_short, plain
from marl_routing.evaluation.precision import relative_half_width
from marl_routing.evaluation.statistics import (
    Interval,
    mean_interval,
    paired_difference,
    share_interval,
)

REWARD = "reward"
Samples: TypeAlias = dict[str, dict[str, NDArray[np.float64]]]


@dataclass(frozen=True)
class Comparison:
    """Episodes of several policies on one scenario and the same seeds.

    Attributes:
        scenario: its name.
        seed: of the first episode.
        episodes: per policy.
        samples: policy to KPI (of a group: `by_tier.vip.csat`) to (episodes,) float64; nan where an
            episode has no such number.
        unfinished: policies that an interruption left out, or without the episodes that the
            precision asked for.
        precision: relative half width asked for of each mean reward's interval, if any was.
    """

    scenario: str
    seed: int
    episodes: int
    samples: Samples
    unfinished: tuple[str, ...] = ()
    precision: float | None = None

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

    def interquartile(self, policy: str, kpi: str = REWARD) -> Interval:
        """Mean of the middle half of the episodes, with its 95 % bootstrap interval."""
        return stratified_bootstrap(self.samples[policy][kpi][:, None], interquartile_mean)

    def improvement(self, policy: str, other: str | None = None) -> Interval:
        """Share of episodes with more reward than another policy (default: the best) has in them.

        Equal rewards count half; with the 95 % interval of a share.
        """
        other = other or self.ranking[0]
        one, two = (self.samples[name][REWARD][:, None] for name in (policy, other))
        return share_interval(improvements(one, two))

    def reached(self, policy: str) -> float:
        """Relative half width of the 95 % interval of a policy's mean reward."""
        return relative_half_width(self.interval(policy))

    def precision_reached(self) -> str:
        """Whether the precision asked for was reached, in one plain sentence."""
        assert self.precision is not None
        asked = f"± {_percent(self.precision)}"
        short = [policy for policy in self.ranking if self.reached(policy) > self.precision]
        if not short:
            return f"Every mean reward is known to {asked} or better."
        widths = ", ".join(f"{policy} ± {_percent(self.reached(policy))}" for policy in short)
        return f"After {self.episodes:,} episodes not known to {asked}: {widths}."

    def headline(self) -> str:
        """What was found, in one plain sentence."""
        best, *rest = self.ranking
        reward = self.interval(best)
        text = (
            f"Over {self.episodes} episodes of {self.scenario} with the same tickets for every "
            f"policy, {best} served best (reward {_range(reward)})"
        )
        if rest:
            text += f", {self._lead(best, rest[0])}"
        return f"{text}{self._time_saved(best, rest)}."

    def _lead(self, best: str, other: str) -> str:
        """How much the best is ahead, if that is known, and how often."""
        difference = self.difference(best, other=other)
        if not difference.excludes_zero:
            return f"not distinguishable from {other} (difference {_range(difference)})"
        often = _percent(self.improvement(best, other).mean)
        return f"ahead of {other} in {often} of them (difference {_range(difference)})"

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
        best = self.ranking[0]
        data: dict[str, Any] = {
            "scenario": self.scenario,
            "seed": self.seed,
            "episodes": self.episodes,
            "best": best,
            "headline": self.headline(),
            "unfinished": self.unfinished,
            "policies": {policy: self._row(policy, best) for policy in self.ranking},
        }
        if self.precision is not None:
            data["precision"] = {
                "asked": self.precision,
                "reached": {policy: self.reached(policy) for policy in self.ranking},
            }
        found: dict[str, Any] = plain(data)
        return found

    def _row(self, policy: str, best: str) -> dict[str, dict[str, Any]]:
        """Of each KPI; of the reward there is more."""
        row: dict[str, dict[str, Any]] = {
            kpi: {
                **self.interval(policy, kpi)._asdict(),
                "minus_best": self.difference(policy, kpi, best)._asdict(),
                "episodes": self.samples[policy][kpi],
            }
            for kpi in self.kpis
        }
        row[REWARD]["interquartile_mean"] = self.interquartile(policy)._asdict()
        row[REWARD]["improvement_over_best"] = self.improvement(policy, best)._asdict()
        return row


def _range(interval: Interval) -> str:
    """A mean and, where it is known, its 95 % interval, in words."""
    mean, low, high = map(in_short, interval)
    return f"{mean}, 95 % interval {low} to {high}" if math.isfinite(interval.low) else mean


def _percent(share: float) -> str:
    return f"{in_short(100.0 * share)} %"
