"""The tables of optimality.md, and the results that they are made of.

python -m docs.optimality

solves the four desks anew, which takes minutes, and keeps what it finds in optimality.json; the
tables are then written by `python -m docs.generate`.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.progress import Progress, TaskID

from docs.tables import table
from marl_routing.cli.console import progress_bar
from marl_routing.evaluation.agreement import STANDARD_ERRORS
from marl_routing.evaluation.gap.costs import EPISODES, find_gap, solve
from marl_routing.evaluation.statistics import LEVEL
from marl_routing.policies import list_policies
from marl_routing.scenario.writing import write_file
from marl_routing.theory.decisions import Decisions
from marl_routing.theory.index_rules import index_rules, threshold
from marl_routing.theory.value_iteration import average

KEPT = Path(__file__).with_name("optimality.json")
PUBLISHED = Path(__file__).with_name("published_costs.json")
DESKS = ("exact/n_desk", "exact/v_desk", "exact/w_desk", "exact/x_desk")
MOST_WAITING = 10  # thresholds tried: 1 to this
OLDEST_TO_FASTEST = "oldest ticket to the fastest idle agent, simulated"
FACTS = {
    "optimal": "least cost",
    "work_conserving": "least cost without idling beside tickets",
    "idles": "share of steps in which the best policy idles beside tickets",
    "at_buffer": "share of steps with a full queue under the best policy",
}


def published() -> dict[str, Any]:
    """The costs of other hands, by desk."""
    found: dict[str, Any] = json.loads(PUBLISHED.read_text(encoding="utf-8"))["desks"]
    return found


def kept() -> dict[str, Any]:
    """The results that the pages show."""
    found: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


def index_costs(
    problem: Decisions, thresholds: Iterable[int] = range(1, MOST_WAITING + 1)
) -> dict[str, Any]:
    """Costs of the published rules: `rules` by name, and the best of some `thresholds`."""
    rules = {
        name: average(problem, assigns, problem.cost)
        for name, assigns in index_rules(problem).items()
    }
    by_number = {
        at_least: average(problem, threshold(problem, at_least), problem.cost)
        for at_least in thresholds
    }
    best = min(by_number, key=lambda at_least: by_number[at_least])
    return {"rules": rules | {"threshold": by_number[best]}, "threshold": best}


def optima_table() -> str:
    """The desks and what is known of their best policies."""
    rows = (
        (f"`{name}`", *(_figure(desk[fact]) for fact in FACTS)) for name, desk in _desks().items()
    )
    return table(f"| desk | {' | '.join(FACTS.values())} |", rows)


def gap_table() -> str:
    """Cost of each policy over the least possible, on each desk."""
    desks = _desks()
    rows = (
        (f"`{policy}`", *(_ratio(desk["policies"][policy]) for desk in desks.values()))
        for policy in next(iter(desks.values()))["policies"]
    )
    return table(f"| policy | {' | '.join(f'`{name}`' for name in desks)} |", rows)


def published_table() -> str:
    """The published figures beside ours."""
    rows = []
    for name, theirs in published().items():
        ours = kept()["published"][name]
        for fact, words in FACTS.items():
            rows.append((f"`{name}`", words, _figure(theirs[fact]), _figure(_desks()[name][fact])))
        for rule, cost in theirs["rules"].items():
            what = f"{rule}, K = {theirs['threshold']}" if rule == "threshold" else rule
            rows.append((f"`{name}`", what, _figure(cost), _figure(ours["rules"][rule])))
        rows.append((f"`{name}`", OLDEST_TO_FASTEST, *_oldest_to_fastest(name)))
    return table("| desk | figure | published | ours |", rows)


def _oldest_to_fastest(desk: str) -> tuple[str, str]:
    """The published cost and ours, with three standard errors: both are simulated."""
    from scipy.stats import t

    theirs = published()[desk]["oldest_to_fastest"]
    ours = _desks()[desk]["policies"]["contract_net"]
    error = (ours["high"] - ours["cost"]) / t.ppf(0.5 + LEVEL / 2, EPISODES - 1)
    return _noisy(theirs["mean"], theirs["standard_error"]), _noisy(ours["cost"], error)


def _noisy(mean: float, error: float) -> str:
    return f"{mean:.5g} ± {STANDARD_ERRORS * error:.2g}"


def _desks() -> dict[str, Any]:
    desks: dict[str, Any] = kept()["desks"]
    return desks


def _figure(value: float) -> str:
    return f"{value:.6g}"


def _ratio(policy: dict[str, Any]) -> str:
    """`1.0649`, or `1.10 ± 0.04` of what is simulated."""
    if policy["exact"]:
        return f"{policy['ratio']:.4f}"
    half = (policy["high"] / policy["cost"] - 1.0) * policy["ratio"]
    return f"{policy['ratio']:.3g} ± {half:.2g}"


def main() -> None:
    """Solve, and keep what was found to eight digits: more would depend on the machine."""
    with progress_bar() as bar:
        task = bar.add_task("", total=len(DESKS) * (1 + len(list_policies())))
        desks = {name: _solved(name, bar, task) for name in DESKS}
        bar.update(task, description="published rules")
        costs = {name: index_costs(solve(name)[0]) for name in published()}
    results = _rounded({"desks": desks, "published": costs})
    write_file(KEPT, json.dumps(results, indent=1) + "\n")


def _solved(name: str, bar: Progress, task: TaskID) -> dict[str, Any]:
    """A desk and what all policies cost there."""
    gap = find_gap(
        name,
        list_policies(),
        progress=lambda what: bar.update(task, advance=1, description=f"{name}: {what}"),
    )
    if gap.unfinished:  # nothing is kept of half a desk
        raise KeyboardInterrupt
    return gap.to_json()


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(entry) for key, entry in value.items()}
    return float(f"{value:.8g}") if isinstance(value, float) else value


if __name__ == "__main__":
    main()
