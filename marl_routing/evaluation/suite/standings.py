"""Who stands where: normalised scores, their aggregates, and what coordination pays."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marl_routing.evaluation.aggregates import (
    interquartile_mean,
    performance_profile,
    probability_of_improvement,
    stratified_bootstrap,
)
from marl_routing.evaluation.statistics import Interval, paired_difference
from marl_routing.evaluation.suite.kept import Kept
from marl_routing.evaluation.suite.tasks import (
    KINDS,
    OPTIMAL,
    RANDOM,
    RULE,
    SUBMISSION,
    SUITE,
    Task,
)

Floats = NDArray[np.float64]
RESAMPLES = 500


class Gap(NamedTuple):
    """How far the best simple rule is behind the best policy of another kind.

    Attributes:
        rule, other: the two policies; `other` is None if only rules were played.
        reward: of the other, a step.
        percent: of this reward, with its paired 95 % interval.
    """

    rule: str
    other: str | None
    reward: float
    percent: Interval


class Place(NamedTuple):
    """A policy on a board.

    Attributes:
        policy, kind: what it is.
        scenarios: on how many it was played.
        score: interquartile mean of its normalised scores, with its bootstrap interval.
        beats_next: probability that it does better than the next; nan where there is none, or
            one that was played on other scenarios or episodes.
    """

    policy: str
    kind: str
    scenarios: int
    score: Interval
    beats_next: float


def kind_of(policy: str) -> str:
    """As a table calls it; a class by its dotted path is a submission, what has no kind a rule."""
    stem = policy.split(":")[0]
    return SUBMISSION if "." in stem else KINDS.get(stem, RULE)


@dataclass(frozen=True)
class Standings:
    """What kept results say.

    Attributes:
        kept: the results.
        suite: the scenarios; those without any result are left out.
    """

    kept: Kept
    suite: tuple[Task, ...] = SUITE

    @cached_property
    def tasks(self) -> list[Task]:
        """The scenarios with results."""
        return [task for task in self.suite if task.scenario in self.kept.results]

    def policies(self, task: Task) -> list[str]:
        """Those that played a scenario, the best first."""
        return sorted(
            self.kept.results[task.scenario], key=lambda policy: (-self.mean(task, policy), policy)
        )

    def rewards(self, task: Task, policy: str) -> Floats:
        """(episodes,) reward a step.

        Of a policy with fewer episodes than others they are corrected for how hard these are: by
        what the best policy of all episodes earned in all, less what it earned in these.
        """
        every = {name: self._played(task, name) for name in self.kept.results[task.scenario]}
        most, rewards = max(map(len, every.values())), every[policy]
        if len(rewards) == most:
            return rewards
        best = max((row for row in every.values() if len(row) == most), key=np.mean)
        corrected: Floats = rewards + (best.mean() - best[: len(rewards)].mean())
        return corrected

    def few(self, task: Task, policy: str) -> int | None:
        """Episodes of a policy with fewer than others on this scenario; None of the others."""
        lengths = {name: len(row.rewards) for name, row in self.kept.results[task.scenario].items()}
        return lengths[policy] if lengths[policy] < max(lengths.values()) else None

    def _played(self, task: Task, policy: str) -> Floats:
        return np.array(self.kept.results[task.scenario][policy].rewards, np.float64)

    def mean(self, task: Task, policy: str) -> float:
        """Mean reward a step."""
        return float(self.rewards(task, policy).mean())

    def best(self, task: Task) -> str:
        """The optimal policy, where it was played, else that of the largest mean reward."""
        names = self.policies(task)
        return OPTIMAL if OPTIMAL in names else names[0]

    def scores(self, task: Task, policy: str) -> Floats:
        """(episodes,) normalised: the mean of `random` is 0, that of the best 1.

        Raises:
            ValueError: if nothing that was played is better than `random`.
        """
        zero, one = self.mean(task, RANDOM), self.mean(task, self.best(task))
        if one <= zero:
            raise ValueError(f"policies: on {task.scenario} none is better than random")
        return (self.rewards(task, policy) - zero) / (one - zero)

    def board(self, name: str) -> list[Place]:
        """Policies on the scenarios of a board: who played them all first, then by their score."""
        tasks = [task for task in self.tasks if task.board == name]
        scores = {
            policy: self._matrix(tasks, policy)
            for policy in sorted({policy for task in tasks for policy in self.policies(task)})
        }
        order = sorted(
            scores,
            key=lambda policy: (-scores[policy].shape[1], -interquartile_mean(scores[policy])),
        )
        return [
            Place(
                policy,
                kind_of(policy),
                scores[policy].shape[1],
                stratified_bootstrap(scores[policy], interquartile_mean, resamples=RESAMPLES),
                np.nan if below is None else self._improvement(tasks, policy, below),
            )
            for policy, below in zip_longest(order, order[1:])
        ]

    def profile(self, name: str, thresholds: Sequence[float], top: int) -> dict[str, Floats]:
        """Share of episodes that score above each threshold, of the first policies of a board."""
        tasks = [task for task in self.tasks if task.board == name]
        return {
            place.policy: performance_profile(self._matrix(tasks, place.policy), thresholds)
            for place in self.board(name)[:top]
        }

    def gap(self, task: Task) -> Gap:
        """The best simple rule against the best policy of another kind."""
        names = self.policies(task)
        rule = next(name for name in names if kind_of(name) == RULE)
        other = next((name for name in names if kind_of(name) != RULE), None)
        if other is None:
            return Gap(rule, None, np.nan, Interval(np.nan, np.nan, np.nan))
        best, behind = self._played(task, other), self._played(task, rule)
        episodes, mean = min(len(best), len(behind)), self.mean(task, other)
        ahead = paired_difference(best[:episodes], behind[:episodes])
        return Gap(rule, other, mean, _per_cent(ahead, mean))

    def _matrix(self, tasks: list[Task], policy: str) -> Floats:
        """(episodes, scenarios) of normalised scores, of those of the scenarios that it played."""
        columns = [self.scores(task, policy) for task in self._of(tasks, policy)]
        episodes = min(map(len, columns))
        return np.stack([column[:episodes] for column in columns], axis=1)

    def _of(self, tasks: list[Task], policy: str) -> list[Task]:
        """Those of the scenarios that a policy played."""
        return [task for task in tasks if policy in self.kept.results[task.scenario]]

    def _improvement(self, tasks: list[Task], policy: str, below: str) -> float:
        """On the same tickets; nan where the two played other scenarios or episodes."""
        first, second = self._matrix(tasks, policy), self._matrix(tasks, below)
        if self._of(tasks, policy) != self._of(tasks, below) or first.shape != second.shape:
            return np.nan
        return probability_of_improvement(first, second)


def _per_cent(difference: Interval, unit: float) -> Interval:
    return Interval(*(100 * bound / abs(unit) for bound in difference))
