"""How long tickets wait until an agent accepts them."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from marl_routing.evaluation.recording import Recording
from marl_routing.report.drawing import PAINT, draw
from marl_routing.report.material import Material
from marl_routing.report.plots.plot import Plot, Table, keys, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SEEN = 0.95  # of the tickets accepted by the policies that matter lie within the plot
SHARES = (0.5, 0.9, 0.95)


def waits(material: Material) -> Plot | None:
    """Share of tickets accepted within a time; none where nothing was accepted."""
    minutes, shown = material.scenario.time.step_minutes, material.shown
    curves = {one.policy: _accepted(material.recordings[one.policy]) for one in shown}
    if not any(curve[-1] > 0 for curve in curves.values()):
        return None
    last = _seen([curves[name] for name in (material.focus, material.against) if name in curves])

    def paint(axes: "Axes") -> None:
        for one in reversed(shown):
            curve = 100 * curves[one.policy][:last]
            axes.step(
                minutes * np.arange(last),
                curve,
                where="post",
                color=PAINT[one.look.colour],
                linestyle=one.look.line,
                linewidth=3 if one.policy == material.focus else 2,
            )
        axes.set_ylim(0, 101)
        axes.set_xlim(0, max(minutes * (last - 1), minutes))
        axes.yaxis.set_major_formatter("{x:.0f} %")
        axes.set_xlabel("minutes since the ticket came in")

    focus = curves[material.focus]
    return Plot(
        "waits",
        "Waiting until an agent accepts",
        _says(material.focus, focus, minutes),
        f"Share of all tickets accepted within so many minutes, over "
        f"{material.recorded} a policy. A line ends below 100 % where tickets were never accepted.",
        draw("waits", 290, paint),
        keys(shown, lines=True),
        _table(curves, minutes),
    )


def _accepted(recording: Recording) -> NDArray[np.float64]:
    """(bins,) share of tickets accepted within so many steps."""
    return recording.waits.cumsum() / max(recording.tickets, 1)


def _seen(curves: list[NDArray[np.float64]]) -> int:
    """Steps within the plot."""
    last = max(int(np.searchsorted(curve, SEEN * curve[-1])) for curve in curves) + 2
    return min(last, len(curves[0]))


def _says(focus: str, curve: NDArray[np.float64], minutes: float) -> str:
    if curve[-1] == 0:
        return f"{focus}: no ticket was accepted."
    most = f"nine in ten {_within(curve, 0.9, minutes)}"
    if curve[-1] < 0.9:
        most = f"{percent(curve[-1])} in the end"
    return f"{focus}: {percent(curve[0])} of tickets are accepted at once, {most}."


def _within(curve: NDArray[np.float64], share: float, minutes: float) -> str:
    """`within 12 minutes`, by share of all tickets; "never" where so many are not accepted."""
    if curve[-1] < share:
        return "not at all before the end"
    return f"within {minutes * int(np.searchsorted(curve, share)):g} minutes"


def _table(curves: dict[str, NDArray[np.float64]], minutes: float) -> Table:
    heads = [f"{100 * share:.0f} % of tickets" for share in SHARES]
    rows = [
        (
            policy,
            percent(curve[0]),
            *(_within(curve, share, minutes) for share in SHARES),
            percent(1 - curve[-1]),
        )
        for policy, curve in curves.items()
    ]
    return Table(("policy", "at once", *heads, "never accepted"), rows)
