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
from marl_routing.evaluation.suite.kept import Kept, Played
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

    @cached_property
    def _rewards(self) -> dict[str, dict[str, Floats]]:
        """By scenario and policy: `rewards`, the best first. Every number on a page needs them."""
        return {task.scenario: _comparable(self.kept.results[task.scenario]) for task in self.tasks}

    def policies(self, task: Task) -> list[str]:
        """Those that played a scenario, the best first."""
        return list(self._rewards[task.scenario])

    def rewards(self, task: Task, policy: str) -> Floats:
        """(episodes,) reward a step.

        Of a policy with fewer episodes than others they are corrected for how hard these are: by
        what the best policy of all episodes earned in all, less what it earned in these.
        """
        return self._rewards[task.scenario][policy]

    def few(self, task: Task, policy: str) -> int | None:
        """Episodes of a policy with fewer than others on this scenario; None of the others."""
        lengths = {name: len(row.rewards) for name, row in self.kept.results[task.scenario].items()}
        return lengths[policy] if lengths[policy] < max(lengths.values()) else None

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
        tasks, scores = self._on_board(name), self._board_scores(name)
        return [
            Place(
                policy,
                kind_of(policy),
                scores[policy].shape[1],
                stratified_bootstrap(scores[policy], interquartile_mean, resamples=RESAMPLES),
                np.nan if below is None else self._improvement(tasks, policy, below),
            )
            for policy, below in zip_longest(scores, list(scores)[1:])
        ]

    def profile(self, name: str, thresholds: Sequence[float], top: int) -> dict[str, Floats]:
        """Share of episodes that score above each threshold, of the first policies of a board."""
        first = list(self._board_scores(name).items())[:top]
        return {policy: performance_profile(scores, thresholds) for policy, scores in first}

    def gap(self, task: Task) -> Gap:
        """The best simple rule against the best policy of another kind."""
        names = self.policies(task)
        rule = next(name for name in names if kind_of(name) == RULE)
        other = next((name for name in names if kind_of(name) != RULE), None)
        if other is None:
            return Gap(rule, None, np.nan, Interval(np.nan, np.nan, np.nan))
        kept = self.kept.results[task.scenario]
        best, behind = (_played(kept[name]) for name in (other, rule))
        episodes, mean = min(len(best), len(behind)), self.mean(task, other)
        ahead = paired_difference(best[:episodes], behind[:episodes])
        return Gap(rule, other, mean, _per_cent(ahead, mean))

    def _on_board(self, name: str) -> list[Task]:
        return [task for task in self.tasks if task.board == name]

    def _board_scores(self, name: str) -> dict[str, Floats]:
        """By policy, as `_matrix`, in the order of the board."""
        tasks = self._on_board(name)
        names = sorted({policy for task in tasks for policy in self.policies(task)})
        scores = [(policy, self._matrix(tasks, policy)) for policy in names]
        scores.sort(key=lambda row: (-row[1].shape[1], -interquartile_mean(row[1])))
        return dict(scores)

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


def _comparable(rows: dict[str, Played]) -> dict[str, Floats]:
    """Rewards of every policy of a scenario, corrected if they are fewer, the best first."""
    every = {policy: _played(played) for policy, played in rows.items()}
    most = max(map(len, every.values()))
    best = max((rewards for rewards in every.values() if len(rewards) == most), key=np.mean)
    for policy, rewards in every.items():
        if len(rewards) < most:
            every[policy] = rewards + (best.mean() - best[: len(rewards)].mean())
    return dict(sorted(every.items(), key=lambda row: (-row[1].mean(), row[0])))


def _played(played: Played) -> Floats:
    return np.array(played.rewards, np.float64)


def _per_cent(difference: Interval, unit: float) -> Interval:
    return Interval(*(100 * bound / abs(unit) for bound in difference))
