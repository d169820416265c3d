"""Open tickets over the day, the week, or whatever an episode lasts."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from marl_routing.report.drawing import PAINT, draw
from marl_routing.report.material import Material
from marl_routing.report.measures import BACKLOG
from marl_routing.report.plots.plot import Plot, Table, keys
from marl_routing.report.words import clock, span
from marl_routing.scenario.time import MINUTES_A_DAY, Time

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAND = (10, 90)  # percentiles of the episodes
ROWS = 12  # of the table
TICKS = (15, 30, 60, 120, 180, 240, 360, 720, MINUTES_A_DAY, 7 * MINUTES_A_DAY)  # minutes apart
MOST_TICKS = 8


def backlog(material: Material) -> Plot:
    """Mean number of open tickets, and for the policy in focus how much episodes differ."""
    time, shown = material.scenario.time, material.shown
    clocks = material.recordings[material.focus].clocks
    minutes = np.array(time.start.minute_of_week + time.step_minutes * clocks, np.float64)
    means = {one.policy: material.recordings[one.policy].backlog.mean(axis=1) for one in shown}

    def paint(axes: "Axes") -> None:
        low, high = np.percentile(material.recordings[material.focus].backlog, BAND, axis=1)
        focus = PAINT[shown[0].look.colour]
        axes.fill_between(minutes, low, high, color=focus, alpha=0.16, linewidth=0)
        for one in reversed(shown):
            axes.plot(
                minutes,
                means[one.policy],
                color=PAINT[one.look.colour],
                linestyle=one.look.line,
                linewidth=3 if one.policy == material.focus else 2,
            )
        if time.warm_up_steps:
            begins = time.start.minute_of_week + time.step_minutes * time.warm_up_steps
            axes.axvline(begins, color=PAINT["muted"], linewidth=1, linestyle=":")
        axes.set_ylim(bottom=0)
        axes.set_xlim(minutes[0], minutes[-1])
        axes.set_xticks(*_ticks(minutes))
        axes.set_ylabel("open tickets")

    return Plot(
        "backlog",
        f"Open tickets over {_stretch(time)}",
        _says(material.focus, means[material.focus], minutes),
        f"Mean of {material.recorded} a policy; the band holds 80 % of those of "
        f"{material.focus}." + _warm_up(time),
        draw("backlog", 290, paint),
        keys(shown, lines=True),
        _table(minutes, means),
    )


def _stretch(time: Time) -> str:
    minutes = time.step_minutes * time.horizon_steps
    names = {MINUTES_A_DAY: "the day", 480: "the working day", 7 * MINUTES_A_DAY: "the week"}
    return names.get(int(minutes), span(minutes))


def _warm_up(time: Time) -> str:
    return " Figures elsewhere count from the dotted line on." if time.warm_up_steps else ""


def _says(focus: str, mean: NDArray[np.float64], minutes: NDArray[np.float64]) -> str:
    most = int(mean.argmax())
    average, highest, last = map(BACKLOG.bare, (mean.mean(), mean[most], mean[-1]))
    return (
        f"{focus}: {average} open tickets on average, at most {highest} "
        f"({_at(minutes, most)}), {last} at the end."
    )


def _at(minutes: NDArray[np.float64], place: int) -> str:
    """Day and time, or the time alone where there is one day."""
    text = clock(minutes[place])
    return text if minutes[-1] - minutes[0] > MINUTES_A_DAY else text.split()[1]


def _ticks(minutes: NDArray[np.float64]) -> tuple[list[float], list[str]]:
    """Round times of day, or days of the week where there are several."""
    length = minutes[-1] - minutes[0]
    apart = next((step for step in TICKS if length / step <= MOST_TICKS), TICKS[-1])
    places = np.arange(np.ceil(minutes[0] / apart) * apart, minutes[-1] + 1e-6, apart)
    part = 1 if length <= MINUTES_A_DAY else 0
    return list(places), [clock(place).split()[part] for place in places]


def _table(minutes: NDArray[np.float64], means: dict[str, NDArray[np.float64]]) -> Table:
    rows = np.unique(np.linspace(0, len(minutes) - 1, ROWS).round().astype(int))
    return Table(
        ("time", *means),
        [(_at(minutes, i), *(BACKLOG.bare(mean[i]) for mean in means.values())) for i in rows],
    )
