"""Writes the tables of these pages, between their markers, from the code and the kept benchmark.

python -m docs.generate
"""

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import report
from docs import keys, optimality, tables

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
    "scenarios": tables.scenario_table,
    "keys": keys.key_table,
    "optima": optimality.optima_table,
    "gaps": optimality.gap_table,
    "published": optimality.published_table,
    "machine": lambda: report.machine_text(report.kept()),
    "targets": lambda: report.targets_table(report.kept()),
    "figures": lambda: report.figures_table(report.kept()),
    "costs": lambda: report.costs_table(report.kept()),
}
BLOCK = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def pages() -> dict[Path, str]:
    """Every page with a generated table, and its text as it should be."""
    texts = {page: page.read_text(encoding="utf-8") for page in sorted(FOLDER.glob("*.md"))}
    return {page: BLOCK.sub(_fill, text) for page, text in texts.items() if BLOCK.search(text)}


def _fill(block: re.Match[str]) -> str:
    return f"{block[1]}\n{TABLES[block[2]]()}\n\n{block[3]}"


def main() -> None:
    """Write each page whole or not at all."""
    for page, text in pages().items():
        with tempfile.NamedTemporaryFile(
            "w", dir=page.parent, delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
        os.chmod(file.name, page.stat().st_mode)
        os.replace(file.name, page)


if __name__ == "__main__":
    main()
