"""What a desk with customers tells of its conversations, as tables for people."""

import math
from typing import Any

from rich.table import Table

# KPIs that hold a dict of groups, and what a group is.
_GROUPS = {
    "by_industry": "industry",
    "by_inquiry": "inquiry type",
    "by_tier": "tier",
}


def conversation_tables(metrics: dict[str, Any]) -> list[Table]:
    """CSAT and success by group, and what agents said, as `compare` calls them; or none."""
    if "strategies" not in metrics:
        return []
    return [_groups(metrics), _usage(metrics["strategies"])]


def _groups(metrics: dict[str, Any]) -> Table:
    table = Table("by", "", title="conversations", title_justify="left")
    for heading in ("CSAT, %", "success, %"):
        table.add_column(heading, justify="right")
    for kpi, word in _GROUPS.items():
        for name, rates in metrics[kpi].items():
            table.add_row(
                word,
                name.replace("_", " "),
                _percent(rates["csat"]),
                _percent(rates["success_rate"]),
            )
        table.add_section()
    return table


def _usage(shares: dict[str, float]) -> Table:
    table = Table("strategy", title="what agents said", title_justify="left")
    table.add_column("% of their turns", justify="right")
    for name, share in shares.items():
        table.add_row(name.replace("_", " "), _percent(share))
    return table


def _percent(share: float) -> str:
    return f"{100 * share:.1f}" if math.isfinite(share) else "-"
