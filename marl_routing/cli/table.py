"""A comparison as a table for people: a line a policy, the best first."""

import math
import re

from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from marl_routing.evaluation import Comparison, Interval
from marl_routing.evaluation.figures import in_short

# What a reader of the table wants first; everything else stands in the JSON.
_COLUMNS = {
    "resolved": "resolved",
    "backlog_mean": "backlog",
    "wait_to_accept_minutes": "wait, min",
    "resolution_minutes_mean": "resolution, min",
    "resolution_minutes_p95": "p95, min",
    "sla_first_response": "SLA response, %",
    "sla_resolution": "SLA resolution, %",
    "occupancy": "busy, %",
    "term_payment": "paid",
}
# Where agents talk to customers these are shown instead of some of the others.
_TALKED = {
    "csat": "CSAT, %",
    "success_rate": "success, %",
    "escalation_rate": "escalated, %",
    "turns_per_conversation": "turns",
}
_NOT_TALKED = ("resolution_minutes_p95", "sla_first_response", "occupancy")
_SHARES = {  # reported as 0..1, shown in %
    "sla_first_response",
    "sla_resolution",
    "occupancy",
    "csat",
    "success_rate",
    "escalation_rate",
}


def comparison_table(result: Comparison) -> Table:
    """Means with half widths of their 95 % intervals; differences to the best are paired."""
    table = Table(
        Column("policy", no_wrap=True),
        title=f"{result.scenario}: {result.episodes} episodes a policy, "
        f"seeds {result.seed} to {result.seed + result.episodes - 1}",
        caption="mean ± half width of the 95 % interval; behind best: paired, the same tickets",
        title_justify="left",
        caption_justify="left",
        box=SIMPLE_HEAD,
    )
    columns = _columns(result)
    shown = [kpi for kpi in columns if _is_known(result, kpi)]
    for heading in ("reward", "behind best", *(columns[kpi] for kpi in shown)):
        table.add_column(heading, justify="right")
    best = result.ranking[0]
    for policy in result.ranking:
        behind = "best" if policy == best else _cell(result.difference(policy))
        numbers = (_cell(result.interval(policy, kpi), kpi in _SHARES) for kpi in shown)
        table.add_row(policy, _cell(result.interval(policy)), behind, *numbers)
    return table


def group_tables(result: Comparison) -> list[Table]:
    """Where agents talk to customers: success by group, and what agents said; means, in %."""
    if "csat" not in result.kpis:
        return []
    groups = {
        "success by industry and tier, %": r"by_(industry|tier)\.(.+)\.success_rate",
        "success by inquiry type, %": r"by_(inquiry)\.(.+)\.success_rate",
        "what agents said, % of their turns": r"(strategies)\.(.+)",
    }
    return [_group_table(result, title, pattern) for title, pattern in groups.items()]


def _group_table(result: Comparison, title: str, pattern: str) -> Table:
    """A line a policy, a column a group."""
    table = Table(
        Column("policy", no_wrap=True), title=title, title_justify="left", box=SIMPLE_HEAD
    )
    found = {kpi: match for kpi in result.kpis if (match := re.fullmatch(pattern, kpi))}
    for match in found.values():
        table.add_column(match[2].replace("_", " "), justify="right")
    for policy in result.ranking:
        means = (result.interval(policy, kpi).mean for kpi in found)
        table.add_row(
            policy, *(_cell(Interval(mean, math.nan, math.nan), share=True) for mean in means)
        )
    return table


def _columns(result: Comparison) -> dict[str, str]:
    """KPIs and their headings."""
    if "csat" not in result.kpis:
        return _COLUMNS
    return {kpi: heading for kpi, heading in _COLUMNS.items() if kpi not in _NOT_TALKED} | _TALKED


def _is_known(result: Comparison, kpi: str) -> bool:
    """Whether any policy has this number: not every desk has targets, or payments."""
    means = [result.interval(policy, kpi).mean for policy in result.samples]
    return any(map(math.isfinite, means)) and (kpi != "term_payment" or any(means))


def _cell(interval: Interval, share: bool = False) -> str:
    """`12.3 ± 0.4`, or `-` where no episode has such a number."""
    scale = 100.0 if share else 1.0
    mean, half = interval.mean * scale, (interval.high - interval.mean) * scale
    if not math.isfinite(mean):
        return "-"
    return in_short(mean) if not math.isfinite(half) else f"{in_short(mean)} ± {in_short(half)}"
