"""Writes what is generated: tables, between their markers, and the pages of the benchmark suite.

python -m docs.generate
"""

import re
from collections.abc import Callable
from pathlib import Path

from benchmarks import report
from docs import compatibility, keys, learning, optimality, pairing, suite_pages, tables, validity
from marl_routing.scenario.writing import write_file

FOLDER = Path(__file__).parent
TABLES: dict[str, Callable[[], str]] = {
    "layout": tables.layout,
    "observations": tables.observation_table,
    "actions": tables.action_table,
    "verbs": tables.verb_table,
    "triage": tables.triage_table,
    "conversation": tables.conversation_table,
    "rewards": tables.reward_table,
    "kpis": tables.kpi_table,
    "headline": tables.headline_table,
    "events": tables.event_table,
    "trajectories": tables.trajectory_table,
    "scenarios": tables.scenario_table,
    "stable_settings": tables.stable_settings_table,
    "keys": keys.key_table,
    "pairing": pairing.pairing_table,
    "exact": validity.exact_table,
    "published": validity.published_table,
    "planted": validity.planted_table,
    "optima": optimality.optima_table,
    "gaps": optimality.gap_table,
    "costs_published": optimality.published_table,
    "learned": learning.learning_table,
    "study_commands": learning.study_commands,
    "mappo_settings": learning.settings_table,
    "machine": lambda: report.machine_text(report.kept()),
    "targets": lambda: report.targets_table(report.kept()),
    "figures": lambda: report.figures_table(report.kept()),
    "libraries": compatibility.library_table,
    "conditions": compatibility.conditions,
    "environments": compatibility.environments,
    "costs": lambda: report.costs_table(report.kept()),
}
BLOCK = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def pages() -> dict[Path, str]:
    """Every page that is or has something generated, and its text as it should be."""
    texts = {page: page.read_text(encoding="utf-8") for page in sorted(FOLDER.glob("*.md"))}
    filled = {page: BLOCK.sub(_fill, text) for page, text in texts.items() if BLOCK.search(text)}
    return filled | suite_pages.suite_pages()


def _fill(block: re.Match[str]) -> str:
    return f"{block[1]}\n{TABLES[block[2]]()}\n\n{block[3]}"


def main() -> None:
    """Write each page whole or not at all."""
    for page, text in pages().items():
        write_file(page, text)


if __name__ == "__main__":
    main()
