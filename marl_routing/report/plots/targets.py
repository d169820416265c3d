"""Shares by group, a row a group: targets met by priority, satisfaction by tier of customer."""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from marl_routing.core.conversation_record import TIERS
from marl_routing.evaluation import Interval
from marl_routing.report.drawing import PAINT, draw
from marl_routing.report.material import Material
from marl_routing.report.measures import LEVEL
from marl_routing.report.plots.plot import Plot, Table, keys, percent, short
from marl_routing.report.series import Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW = 62  # units of height


def targets(material: Material) -> Plot | None:
    """Resolution targets met, by priority; none where nothing is promised."""
    kpis = {name: f"by_priority.{name}.sla_resolution" for name in material.scenario.priorities}
    basis = "Resolution targets met; tickets lost before their target count as not met."
    return _by_group(material, "targets", "Targets met by priority", "priority", kpis, basis)


def satisfaction(material: Material) -> Plot | None:
    """Satisfaction by tier of customer, where agents talk to customers."""
    if material.scenario.customers is None:
        return None
    kpis = {name: f"by_tier.{name}.csat" for name in TIERS}
    basis = "Mean satisfaction (CSAT) when the conversation ended, unsolved ones included."
    return _by_group(material, "tiers", "Satisfaction by customer tier", "tier", kpis, basis)


def _by_group(
    material: Material, key: str, title: str, group: str, kpis: Mapping[str, str], basis: str
) -> Plot | None:
    """A row a group, a marker with its interval a policy."""
    result, shown = material.result, material.shown
    found = {
        name: [result.interval(one.policy, kpi) for one in shown]
        for name, kpi in kpis.items()
        if math.isfinite(result.interval(material.focus, kpi).mean)
    }
    if not found:
        return None

    return Plot(
        key,
        title,
        _says(material.focus, {name: intervals[0].mean for name, intervals in found.items()}),
        f"{basis} Mean of {material.played}; bars are {LEVEL} intervals.",
        draw(key, 40 + ROW * len(found), partial(_paint, shown, found)),
        keys(shown, lines=False),
        Table(
            (group, *(one.policy for one in shown)),
            [(name, *map(_cell, intervals)) for name, intervals in found.items()],
        ),
    )


def _paint(shown: Sequence[Series], found: Mapping[str, Sequence[Interval]], axes: "Axes") -> None:
    """A row a group, a marker with its interval a policy."""
    offsets = np.linspace(-0.28, 0.28, len(shown)) if len(shown) > 1 else [0.0]
    for row, intervals in enumerate(found.values()):
        for one, offset, interval in zip(shown, offsets, intervals, strict=True):
            colour, place = PAINT[one.look.colour], row + offset
            low, high = (100 * bound for bound in interval[1:])
            if math.isfinite(low):
                axes.plot([max(low, 0), min(high, 100)], [place] * 2, color=colour, alpha=0.55)
            axes.plot(
                100 * interval.mean, place, color=colour, marker=one.look.marker, markersize=7
            )
    axes.set_yticks(range(len(found)), [short(name) for name in found], color=PAINT["ink"])
    axes.set_ylim(len(found) - 0.5, -0.5)
    for row in range(1, len(found)):
        axes.axhline(row - 0.5, color=PAINT["line"], linewidth=0.8)
    axes.set_xlim(right=102)
    axes.xaxis.set_major_formatter("{x:.0f} %")
    axes.grid(axis="y", visible=False)


def _says(focus: str, shares: Mapping[str, float]) -> str:
    least, most = min(shares, key=shares.__getitem__), max(shares, key=shares.__getitem__)
    if least == most:
        return f"{focus}: {percent(shares[most])} ({most})."
    return f"{focus}: from {percent(shares[least])} ({least}) to {percent(shares[most])} ({most})."


def _cell(interval: Interval) -> str:
    if not math.isfinite(interval.low):
        return percent(interval.mean)
    return f"{percent(interval.mean)} ± {100 * (interval.high - interval.mean):.1f}"
