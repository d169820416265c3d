"""The pages of the benchmark suite: a template, facts from the scenario, figures from the board."""

from collections import Counter
from pathlib import Path

from docs.tables import table
from marl_routing.core.batch import Batch
from marl_routing.core.conversation_record import NUM_STRATEGIES
from marl_routing.core.terms import MEANINGS, TERMS
from marl_routing.evaluation.figures import in_short
from marl_routing.evaluation.suite import Kept, Standings, Task
from marl_routing.evaluation.suite.page import few_text, gap_text, page_of
from marl_routing.evaluation.suite.tasks import KPIS
from marl_routing.scenario import Scenario, compile_scenario, load_scenario

FOLDER = Path(__file__).parent / "suite"
BOARD = Path(__file__).with_name("leaderboard.md")
SHOWN = 6  # policies on a page
FEWER = (
    ", or over the fewer that stand beside a policy\n(its reward and score are corrected for how "
    "hard these are; as best known they are rather too high)"
)
MOTIVES = {
    "cooperative": "cooperative: all agents are paid the same",
    "mixed": "mixed: each agent is paid for what it does itself",
}

SUBMITTING = """## Taking part

- **A policy class** with `name`, `reset(seed)` and `act(view, masks)` ([policies](../policies.md)),
  in a module that can be imported: `marl-routing leaderboard --submit my_module.MyPolicy`. Settings
  follow as `:parameter=value`.
- **A saved model** of Stable-Baselines3, trained on `SharedPolicyVecEnv` ([vector](../vector.md)):
  `--submit marl_routing.policies.saved_model.SavedModel:file=model.zip` plays it on the scenarios
  that have its observations and actions. The three desks of two agents are alike in these, and so
  are the ten-agent desks `saas_*`, `nested_*`, `chain_*`, `overload_monday` and `own_interest`.

Learn on training seeds, and choose on validation seeds between what was learned
([seeds](../statistics.md)). Only what was not played before is played; `--scenarios` limits where.
A place on a board needs all its scenarios.
"""


def standings() -> Standings:
    """What is kept beside the leaderboard."""
    return Standings(Kept.from_json(BOARD.with_suffix(".json").read_text(encoding="utf-8")))


def suite_pages() -> dict[Path, str]:
    """The leaderboard, the suite's table, and a page a scenario."""
    found = standings()
    pages = {FOLDER / f"{task.page}.md": _page(found, task) for task in found.tasks}
    return {BOARD: page_of(found), FOLDER / "index.md": _index(found), **pages}


def _index(found: Standings) -> str:
    rows = (
        (
            f"[{task.page}]({task.page}.md)",
            len(load_scenario(task.scenario).agents.names),
            task.size,
            task.regime,
            task.motive,
            _best_known(found, task),
            gap_text(found.gap(task)),
        )
        for task in found.tasks
    )
    heading = (
        "| scenario | agents | size | regime | motive | best known | best rule behind (95 %) |"
    )
    return (
        "# The benchmark suite\n\n"
        f"`{found.kept.suite}`: {len(found.tasks)} scenarios, from small to large, easy to "
        "overloaded, cooperative to\nmixed motives. Another set of scenarios, or a changed one, "
        "is another version. Results: [leaderboard](../leaderboard.md).\n\n"
        f"{table(heading, rows)}\n\n"
        "*Behind*: how far the best simple rule is behind the best policy of another kind, in per "
        "cent of the latter's\nreward, on the same tickets.\n\n"
        f"{SUBMITTING}"
    )


def _page(found: Standings, task: Task) -> str:
    scenario = load_scenario(task.scenario)
    batch = Batch(compile_scenario(scenario))
    sections = {
        "What is hard about it": task.hard,
        "Observation": _observation(batch),
        "Action": _action(batch, scenario),
        "Reward": _reward(batch),
        "KPIs and best known result": _results(found, task),
    }
    time = scenario.time
    facts = (
        f'{scenario.description}\n\n`load_scenario("{task.scenario}")`: '
        f"{len(scenario.agents.names)} agents, {len(scenario.categories)} categories, episodes of "
        f"{time.horizon_steps} steps\nof {time.step_minutes:g} min. Size {task.size}, regime "
        f"{task.regime}, motive {MOTIVES[task.motive]}."
    )
    texts = [f"## {title}\n\n{text}" for title, text in sections.items()]
    return "\n\n".join([f"# {task.page}", facts, *texts]) + "\n"


def _observation(batch: Batch) -> str:
    entries = Counter(name.split("[")[0] for name, _, _ in batch.observation_fields())
    fields = ", ".join(f"`{name}` {count}" for name, count in entries.items())
    return (
        f"{sum(entries.values())} numbers in [-1, 1] for each agent "
        f"([their meaning](../observations.md)): {fields}."
    )


def _action(batch: Batch, scenario: Scenario) -> str:
    meanings = batch.action_meanings()
    slots = batch.num_slots
    if batch.bidding:
        return f"{slots} bids from 0 to 1, one a visible ticket ([auctions](../auctions.md))."
    text = f"One of {len(meanings)}: pass, or accept one of {slots} visible tickets"
    if verbs := scenario.verbs.used:
        text += f"; {len(meanings) - 1 - slots} more for {', '.join(f'`{verb}`' for verb in verbs)}"
    if scenario.customers is not None:
        text += f"; or say one of {NUM_STRATEGIES} things to the customer"
    return f"{text} ([actions](../actions.md))."


def _reward(batch: Batch) -> str:
    desk = batch.parameters.rules.desk[0]
    weights = dict(zip(TERMS, desk["weights"].tolist(), strict=True))
    waiting = desk["waiting_weights"].tolist()
    shown = {term: f"{weight:.4g}" for term, weight in weights.items() if weight}
    if any(waiting):
        each = dict.fromkeys(f"{weight:.4g}" for weight in waiting)
        shown["waiting"] = ", ".join(each) if len(each) == 1 else "by category: " + ", ".join(each)
    rows = ((f"`{term}`", weight, MEANINGS[term]) for term, weight in shown.items())
    return (
        f"Sharing {float(desk['sharing']):g}: 0 is each its own, 1 the team's mean "
        f"([rewards](../rewards.md)).\n\n"
        f"{table('| term | weight | raw value in one step |', rows)}"
    )


def _results(found: Standings, task: Task) -> str:
    rows, kept = [], found.kept.results[task.scenario]
    kpis = [kpi for kpi in KPIS if any(played.kpis[kpi] is not None for played in kept.values())]
    for policy in found.policies(task)[:SHOWN]:
        means = (_kpi(kept[policy].kpis[kpi]) for kpi in kpis)
        score = f"{found.scores(task, policy).mean():.3f}"
        name = f"`{policy}`{few_text(found, task, policy)}"
        rows.append((name, f"{found.mean(task, policy):.4g}", score, *means))
    heading = "| policy | reward a step | score | " + " | ".join(f"`{kpi}`" for kpi in kpis) + " |"
    fewer = any(found.few(task, policy) is not None for policy in found.policies(task)[:SHOWN])
    return (
        f"Best known: {_best_known(found, task)}.{_behind(found, task)}\n\n"
        f"{table(heading, rows)}\n\nMeans over {found.kept.episodes} episodes on test seeds"
        f"{FEWER if fewer else ''}; all policies on the [leaderboard](../leaderboard.md), all "
        "KPIs\nin [kpis.md](../kpis.md)."
    )


def _kpi(mean: float | None) -> str:
    return "" if mean is None else in_short(mean)


def _best_known(found: Standings, task: Task) -> str:
    best = found.best(task)
    exact = "" if task.optimum is None else f" (exact in the long run: {task.optimum:.4g})"
    return f"`{best}`{few_text(found, task, best)}, {found.mean(task, best):.4g}{exact}"


def _behind(found: Standings, task: Task) -> str:
    gap = found.gap(task)
    if gap.other is None:
        return ""
    return f" The best simple rule, `{gap.rule}`, is {gap_text(gap)} behind `{gap.other}`."
