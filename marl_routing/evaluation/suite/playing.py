"""Playing the suite: what is kept and unchanged is not played again."""

import hashlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from marl_routing.core.compiler import blank_records
from marl_routing.core.record import state_dtype
from marl_routing.core.view import DeskView
from marl_routing.envs.conversations import desk_view
from marl_routing.evaluation.compiled import is_compiled
from marl_routing.evaluation.episodes import Kpis, rollout
from marl_routing.evaluation.gap import optimal_policy
from marl_routing.evaluation.protocol import require_fit
from marl_routing.evaluation.seeds import TEST
from marl_routing.evaluation.suite.kept import DIGITS, Kept, Played
from marl_routing.evaluation.suite.tasks import KPIS, OPTIMAL, RANDOM, SLOW, VARIANTS, Task
from marl_routing.policies import BidPolicy, Policy, kernels, list_policies, load_policy
from marl_routing.policies.indices import has_index
from marl_routing.policies.optimised_index import OptimisedIndex
from marl_routing.scenario import Scenario, compile_scenario, load_scenario


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
        kept: what is there.
        tasks: the scenarios.
        policies: texts as `load_policy` reads them; None for all shipped ones, and the optimal
            one of desks that are solved. `random`, the zero of the scores, is always among them.
        submissions: more of them.

    Raises:
        ValueError: if there is no such policy, or one fits none of the scenarios.
    """
    known = _shipped() if policies is None else policies
    texts = list(dict.fromkeys([RANDOM, *known, *submissions]))
    asked = {text: load_policy(text) for text in texts}
    found, fitting = list[Turn](), set[str]()
    for task in tasks:
        scenario = load_scenario(task.scenario)
        solved = policies is None and task.optimum is not None
        best = {OPTIMAL: optimal_policy(scenario)} if solved else {}
        for text, policy in {**asked, **best}.items():
            episodes = _episodes(task, text, kept.episodes)
            if episodes == 0 or not _fits(policy, scenario):
                continue
            fitting.add(text)
            digest = digest_of(scenario, policy, episodes)
            played = kept.results.get(task.scenario, {}).get(text)
            if played is None or played.digest != digest:
                found.append(Turn(task, scenario, policy, episodes, digest))
    if policies is not None and (idle := [text for text in texts if text not in fitting]):
        raise ValueError(f"policies: {', '.join(idle)} fits none of the scenarios")
    return found


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


def digest_of(scenario: Scenario, policy: Policy | BidPolicy, episodes: int) -> str:
    """Tells apart whatever gives other episodes.

    Scenario, seeds, the policy's source, data, settings, and the files that these name.
    """
    digest = hashlib.sha256()
    what = (scenario.digest, policy.name, f"{TEST} {episodes}", " ".join(KPIS))
    for part in (*what, *_sources(policy)):
        digest.update(part.encode() + b"\0")
    for setting in policy.name.split(":")[1:]:
        path = Path(setting.partition("=")[2])
        if path.is_file():
            digest.update(path.read_bytes())
    if is_compiled(policy):
        for data in _flat(policy.rule(_empty_desk(scenario))):
            digest.update(data)
    return digest.hexdigest()[:16]


def _empty_desk(scenario: Scenario) -> DeskView:
    """A view of a desk without tickets, for which nothing is compiled."""
    parameters = compile_scenario(scenario)
    return desk_view(blank_records(1, state_dtype(parameters.sizes)), parameters)


def _flat(data: Any) -> Iterator[bytes]:
    """The bytes of arrays and numbers in nested tuples."""
    if isinstance(data, tuple):
        for part in data:
            yield from _flat(part)
    else:
        yield np.asarray(data).tobytes()


def _sources(policy: Policy | BidPolicy) -> Iterator[str]:
    """The files of the policy's class, of what it inherits and, if it is compiled, of kernels."""
    files = [
        Path(inspect.getfile(kind))
        for kind in type(policy).__mro__
        if kind.__module__ not in ("builtins", "abc", "typing")
    ]
    if is_compiled(policy):
        files += sorted(Path(kernels.__file__).parent.glob("*.py"))
    for file in files:
        yield file.read_text(encoding="utf-8")


def _shipped() -> list[str]:
    names = list_policies(bidding=True, talking=True, searching=True)
    return [*names, *(text for text in VARIANTS if text.split(":")[0] in names)]


def _episodes(task: Task, policy: str, episodes: int) -> int:
    """How many it plays: fewer, or none, if it is slow."""
    budget = SLOW.get(policy.split(":")[0])
    if budget is None:
        return episodes
    return min(episodes, budget.episodes) if task.scenario in budget.scenarios else 0


def _fits(policy: Policy | BidPolicy, scenario: Scenario) -> bool:
    """Whether it bids and talks only where that is done, and is tuned if it has to be."""
    needs_index = policy.name.rpartition("=")[2] == OptimisedIndex.name
    if needs_index and not has_index(scenario.name, scenario.digest):
        return False
    try:
        require_fit(policy, scenario)
    except ValueError:
        return False
    return True


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
