"""Playing the suite: what is kept and unchanged is not played again."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from marl_routing.evaluation.episodes import Kpis, rollout
from marl_routing.evaluation.gap import optimal_policy
from marl_routing.evaluation.protocol import require_fit
from marl_routing.evaluation.seeds import TEST
from marl_routing.evaluation.suite.digest import digest_of
from marl_routing.evaluation.suite.kept import DIGITS, Kept, Played
from marl_routing.evaluation.suite.tasks import KPIS, OPTIMAL, RANDOM, SLOW, VARIANTS, Task
from marl_routing.policies import BidPolicy, Policy, list_policies, load_policy
from marl_routing.scenario import Scenario, load_scenario


class Turn(NamedTuple):
    """Episodes to be played."""

    task: Task
    scenario: Scenario
    policy: Policy | BidPolicy
    episodes: int
    digest: str


def turns(
    kept: Kept,
    tasks: Iterable[Task],
    policies: Sequence[str] | None = None,
    submissions: Sequence[str] = (),
) -> list[Turn]:
    """What is missing or changed, of policies on the scenarios that they fit.

    Args:
        kept: what is there; it loses what fits no more.
        tasks: the scenarios.
        policies: texts as `load_policy` reads them; None for all shipped ones, and the optimal
            one of desks that are solved. `random`, the zero of the scores, is always among them.
        submissions: more of them.

    Raises:
        ValueError: if there is no such policy, or one fits none of the scenarios.
    """
    named = [*(policies or ()), *submissions]
    texts = dict.fromkeys([RANDOM, *(_shipped() if policies is None else ()), *named])
    asked = {text: load_policy(text) for text in texts}
    found, fitting, refusals = list[Turn](), set[str](), dict[str, str]()
    for task in tasks:
        scenario, rows = load_scenario(task.scenario), kept.results.get(task.scenario, {})
        solved = policies is None and task.optimum is not None
        best = {OPTIMAL: optimal_policy(scenario)} if solved else {}
        for text, policy in {**asked, **best}.items():
            try:
                turn = _turn(task, scenario, policy, kept.episodes)
            except ValueError as refusal:
                refusals[text] = str(refusal)
                rows.pop(text, None)
                continue
            fitting.add(text)
            if text not in rows or rows[text].digest != turn.digest:
                found.append(turn)
    if idle := [text for text in named if text not in fitting]:
        raise ValueError(f"policies: {idle[0]} fits none of the scenarios: {refusals[idle[0]]}")
    return found


def _turn(task: Task, scenario: Scenario, policy: Policy | BidPolicy, episodes: int) -> Turn:
    """A policy's episodes of a scenario; a ValueError says why it plays none."""
    budget = SLOW.get(policy.name.split(":")[0])
    if budget is not None:
        if task.scenario not in budget.scenarios:
            raise ValueError(f"too slow for others than {', '.join(budget.scenarios)}")
        episodes = min(episodes, budget.episodes)
    require_fit(policy, scenario)
    return Turn(task, scenario, policy, episodes, digest_of(scenario, policy, episodes))


def forget_dropped(kept: Kept) -> None:
    """Leave out what shipped policies earned that are shipped no more; submissions stay."""
    known = {OPTIMAL, *list_policies(bidding=True, talking=True, searching=True)}
    for rows in kept.results.values():
        for text in list(rows):
            stem = text.split(":")[0]
            if "." not in stem and stem not in known:
                del rows[text]


def play_suite(
    kept: Kept,
    missing: Iterable[Turn],
    *,
    num_threads: int = 1,
    progress: Callable[[Turn, int], None] | None = None,
    save: Callable[[Kept], None] | None = None,
) -> None:
    """Play what `turns` found, into `kept`.

    Args:
        kept: takes the results, one policy on one scenario after another.
        missing: what to play.
        num_threads: as in `rollout`.
        progress: called with a turn and the desk-steps just done.
        save: called after each turn, so that an interruption loses no more than one.
    """
    for turn in missing:
        tell = None if progress is None else lambda steps, turn=turn: progress(turn, steps)
        episodes = rollout(
            turn.scenario, turn.policy, turn.episodes, TEST, num_threads=num_threads, progress=tell
        )
        rows = kept.results.setdefault(turn.task.scenario, {})
        rows[turn.policy.name] = _played(turn.digest, episodes)
        if save is not None:
            save(kept)


def _shipped() -> list[str]:
    names = list_policies(bidding=True, talking=True, searching=True)
    return [*names, *(text for text in VARIANTS if text.split(":")[0] in names)]


def _played(digest: str, episodes: Sequence[Kpis]) -> Played:
    rewards = [_rounded(episode["reward_per_step"]) for episode in episodes]
    kpis = dict[str, float | None]()
    for kpi in KPIS:
        values = np.array([episode.get(kpi, np.nan) for episode in episodes], np.float64)
        values = values[np.isfinite(values)]
        kpis[kpi] = _rounded(float(values.mean())) if values.size else None
    return Played(digest, rewards, kpis)


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
