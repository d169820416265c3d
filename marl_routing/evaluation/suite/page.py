"""The leaderboard as a page, and as plain data."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from marl_routing.evaluation.figures import in_short, plain
from marl_routing.evaluation.seeds import TEST
from marl_routing.evaluation.statistics import Interval
from marl_routing.evaluation.suite.standings import Gap, Place, Standings
from marl_routing.evaluation.suite.tasks import Task

THRESHOLDS, PROFILED = (0, 0.5, 0.75, 0.9, 1, 1.1), 10  # of the performance profiles
WORTH_IT = 10  # per cent that make coordination worth its trouble

INTRODUCTION = """# Leaderboard

Written by `marl-routing leaderboard`; do not edit. Every policy meets the same tickets on every
scenario of the [benchmark suite](suite/index.md).

- **Score.** The reward a step of an episode, on a scale of its scenario: the mean of `random` is 0,
  that of the best known policy 1: the exact optimum where the desk is solved, else the best on this
  page. Below 0 is worse than chance.
- **Place.** By the interquartile mean of these scores over all episodes of a board's scenarios
  (Agarwal et al., NeurIPS 2021), with its 95 % interval from a bootstrap within each scenario.
  *Beats the next* is the share of episodes, the same tickets for both, in which it does better than
  the policy below.
- **Kinds.** A *rule* is a formula with its default parameters; *optimised* policies were tuned on
  the scenario, with training seeds; *look-ahead* ones try their choices in copies of the desk; an
  *exact* one is the solution of the desk; a *submission* is a class of somebody's own.
- **Few episodes.** The rewards of policies too slow for all episodes are corrected for how hard
  theirs are, by what the best of the others earned in these and in all. Where such a policy is the
  best known, that is the largest of noisy figures, so rather too high; its number of episodes
  stands beside it.
- **Boards.** Desks where agents bid, or talk to customers, have boards of their own, for policies
  that fit only there; others bid 1 for what they would accept, and say nothing. Who was not played
  on all scenarios of a board stands below those who were, without a place.
"""
BOARDS = {"routing": "Board", "bidding": "Where agents bid", "talking": "Where agents talk"}


def page_of(standings: Standings) -> str:
    """Markdown: board, scores by scenario, gaps, and how it was made."""
    boards = {title: standings.board(name) for name, title in BOARDS.items()}
    sections = {
        **{title: _board(places) for title, places in boards.items() if places},
        "How often how good": _profile(standings),
        "Scores by scenario": _scores(standings, boards.values()),
        "What coordination pays": _gaps(standings),
    }
    texts = (f"## {title}\n\n{text}\n" for title, text in sections.items())
    return "\n".join([INTRODUCTION, _made(standings), *texts])


def gap_text(gap: Gap) -> str:
    """The gap in words of a table: per cent and interval."""
    return _range(gap.percent, "{:.1f} %") if gap.other else ""


def few_text(standings: Standings, task: Task, policy: str) -> str:
    """What stands beside a policy that played less than others: ` (8 episodes)`."""
    few = standings.few(task, policy)
    return "" if few is None else f" ({few} episodes)"


def to_json(standings: Standings) -> dict[str, Any]:
    """The same as plain data."""
    gaps = {task.scenario: standings.gap(task) for task in standings.tasks}
    data: dict[str, Any] = plain(
        {
            "suite": standings.kept.suite,
            "seed": TEST,
            "episodes": standings.kept.episodes,
            "versions": standings.kept.versions,
            "boards": {
                name: [_place_data(place) for place in standings.board(name)] for name in BOARDS
            },
            "best": {task.scenario: standings.best(task) for task in standings.tasks},
            "gaps": {
                name: {**gap._asdict(), "percent": gap.percent._asdict()}
                for name, gap in gaps.items()
            },
        }
    )
    return data


def _place_data(place: Place) -> dict[str, Any]:
    return {**place._asdict(), "score": place.score._asdict()}


def _made(standings: Standings) -> str:
    kept = standings.kept
    used = ", ".join(f"{name} {number}" for name, number in kept.versions.items())
    counts = Counter(
        (policy, few)
        for task in standings.tasks
        for policy in standings.policies(task)
        if (few := standings.few(task, policy)) is not None
    )
    fewer = "".join(
        f"; `{policy}`, too slow for all: {few} episodes on {count} scenarios"
        for (policy, few), count in sorted(counts.items())
    )
    seeds = f"{TEST} to {TEST + kept.episodes - 1}"
    return (
        f"`{kept.suite}`: {len(standings.tasks)} scenarios, {kept.episodes} episodes a policy and "
        f"scenario (test seeds {seeds}{fewer}).\nPlayed with {used}.\n"
    )


def _board(places: Sequence[Place]) -> str:
    most = max(place.scenarios for place in places)
    rows = (
        (
            rank if place.scenarios == most else "",
            f"`{place.policy}`",
            place.kind,
            place.scenarios,
            _range(place.score, "{:.3f}"),
            "" if math.isnan(place.beats_next) else f"{place.beats_next:.0%}",
        )
        for rank, place in enumerate(places, 1)
    )
    return _table(("", "policy", "kind", "scenarios", "score (95 %)", "beats the next"), rows)


def _scores(standings: Standings, boards: Iterable[Sequence[Place]]) -> str:
    heading = ("policy", *(f"[{task.page}](suite/{task.page}.md)" for task in standings.tasks))
    policies = dict.fromkeys(place.policy for places in boards for place in places)
    rows = (
        (f"`{policy}`", *(_score(standings, task, policy) for task in standings.tasks))
        for policy in policies
    )
    return _table(heading, rows)


def _score(standings: Standings, task: Task, policy: str) -> str:
    if policy not in standings.kept.results[task.scenario]:
        return ""
    score = f"{standings.scores(task, policy).mean():.2f}".replace("-0.00", "0.00")
    return f"**{score}**" if standings.best(task) == policy else score


def _gaps(standings: Standings) -> str:
    gaps = [(task, standings.gap(task)) for task in standings.tasks]
    known = [gap.percent for _, gap in gaps if gap.other]
    count = sum(percent.mean >= WORTH_IT for percent in known)
    surely = sum(percent.low > WORTH_IT for percent in known)
    rows = (
        (
            f"[{task.page}](suite/{task.page}.md)",
            f"`{gap.rule}` {in_short(standings.mean(task, gap.rule))}",
            _other(standings, task, gap),
            gap_text(gap),
        )
        for task, gap in gaps
    )
    heading = ("scenario", "best rule, reward a step", "best of another kind", "rule behind (95 %)")
    return (
        "How far the best simple rule is behind the best policy of another kind, in per cent of\n"
        "the latter's reward, on the same tickets: on "
        f"{count} scenarios {WORTH_IT} % or more,\nand on {surely} the whole interval lies above "
        f"{WORTH_IT} %.\n\n{_table(heading, rows)}"
    )


def _other(standings: Standings, task: Task, gap: Gap) -> str:
    if gap.other is None:
        return ""
    return f"`{gap.other}` {in_short(gap.reward)}{few_text(standings, task, gap.other)}"


def _profile(standings: Standings) -> str:
    rows = (
        (f"`{policy}`", *(f"{share:.0%}" for share in shares))
        for policy, shares in standings.profile("routing", THRESHOLDS, PROFILED).items()
    )
    return (
        "Share of the episodes that score more than so much, of the first of the board\n"
        "(performance profiles, Agarwal et al.).\n\n"
        f"{_table(('policy', *map(str, THRESHOLDS)), rows)}"
    )


def _range(interval: Interval, form: str) -> str:
    mean, low, high = (form.format(bound) for bound in interval)
    return f"{mean} ({low} to {high})"


def _table(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
