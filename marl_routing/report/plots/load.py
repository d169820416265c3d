"""How busy each agent is, and how evenly work is shared."""

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from marl_routing.evaluation.recording import Recording
from marl_routing.report.drawing import PAINT, draw
from marl_routing.report.material import Material
from marl_routing.report.plots.plot import Plot, Table, keys, percent, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW = 44  # units of height


def load(material: Material) -> Plot:
    """A row a policy, a marker an agent."""
    shown, result = material.shown, material.result
    busy = {one.policy: _busy(material.recordings[one.policy]) for one in shown}
    gini = {policy: result.interval(policy, "load_gini").mean for policy in busy}

    return Plot(
        "load",
        "Load per agent",
        _says(material.focus, busy[material.focus], gini[material.focus]),
        f"Each marker is one agent: share of its time with a ticket in work, mean of "
        f"{material.recorded}; the stroke is the team's mean. Gini 0: all work equally "
        f"much, 1: one does everything (mean of {material.played}).",
        draw("load", 40 + ROW * len(shown), partial(_paint, material, busy, gini)),
        keys(shown, lines=False),
        _table(busy, gini),
    )


def _paint(
    material: Material, busy: dict[str, NDArray[np.float64]], gini: dict[str, float], axes: "Axes"
) -> None:
    """A row a policy: its agents side by side, and their mean."""
    for row, one in enumerate(material.shown):
        places = 100 * busy[one.policy]
        colour = PAINT[one.look.colour]
        axes.plot(
            places,
            np.full(len(places), row) + _spread(places),
            linestyle="none",
            marker=one.look.marker,
            markersize=7,
            color=colour,
            alpha=0.55,
            markeredgewidth=0,
        )
        axes.plot(
            [np.nanmean(places)] * 2,
            [row - 0.36, row + 0.36],
            color=PAINT["ink"],
            linewidth=1.5,
            zorder=1,
        )
    axes.set_yticks(
        range(len(busy)),
        [f"{short(one.policy)}\nGini {gini[one.policy]:.2f}" for one in material.shown],
        color=PAINT["ink"],
    )
    axes.set_ylim(len(busy) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter("{x:.0f} %")
    axes.grid(axis="y", visible=False)


def _busy(recording: Recording) -> NDArray[np.float64]:
    """(A,) each agent's mean occupancy over the episodes in which it was there; nan: never."""
    there = np.isfinite(recording.occupancy)
    total = np.where(there, recording.occupancy, 0.0).sum(axis=0)
    empty = np.full(len(total), np.nan)
    np.divide(total, there.sum(axis=0), out=empty, where=there.any(axis=0))
    return empty


def _spread(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Up or down, so that neighbours do not hide each other."""
    ranks = np.argsort(np.argsort(places))
    return np.array([0.0, -0.2, 0.1, -0.1, 0.2])[ranks % 5]


def _says(focus: str, busy: NDArray[np.float64], gini: float) -> str:
    if not np.isfinite(busy).any() or math.isnan(gini):
        return f"{focus}: no agent was there."
    return (
        f"{focus}: agents are busy from {percent(np.nanmin(busy))} to {percent(np.nanmax(busy))} "
        f"of their time, Gini {gini:.2f}."
    )


def _table(busy: dict[str, NDArray[np.float64]], gini: dict[str, float]) -> Table:
    agents = len(next(iter(busy.values())))
    rows = [
        (f"agent_{agent}", *(percent(busy[policy][agent]) for policy in busy))
        for agent in range(agents)
    ]
    return Table(("agent", *busy), [*rows, ("Gini", *(f"{value:.3f}" for value in gini.values()))])
