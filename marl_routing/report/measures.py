"""The KPIs that the page shows, in a manager's words."""

import math
from dataclasses import dataclass

from marl_routing.evaluation import Comparison, Interval
from marl_routing.evaluation.figures import in_short

LESS, NEITHER, MORE = -1, 0, 1  # which way is better
MISSING, MINUS, NO_BREAK = "\N{EN DASH}", "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"
LEVEL = f"95{NO_BREAK}%"  # of the intervals


@dataclass(frozen=True)
class Measure:
    """A KPI and how to say it.

    Attributes:
        kpi: its name in a comparison.
        name: in a heading.
        unit: "%" (the KPI is a share), "min", or nothing.
        better: LESS, NEITHER or MORE.
        meaning: in a few words.
        decimals: shown; as many as a number needs if there is none.
        clause: a sentence's part with {} for the number; of those that the page begins with.
    """

    kpi: str
    name: str
    unit: str
    better: int
    meaning: str
    decimals: int | None = 1
    clause: str = ""

    def bare(self, value: float) -> str:
        """A number of the KPI as it is shown, without its unit."""
        if not math.isfinite(value):
            return MISSING
        shown = value * (100.0 if self.unit == "%" else 1.0)
        text = in_short(shown) if self.decimals is None else f"{shown:,.{self.decimals}f}"
        return text.replace("-", MINUS if text.strip("-0.,") else "")

    def say(self, value: float) -> str:
        """A number with its unit: `93.5 %`."""
        unit = self.unit if math.isfinite(value) else ""
        return f"{self.bare(value)}{unit and NO_BREAK}{unit}"

    def half(self, interval: Interval) -> str:
        """Half the width of an interval: `± 0.4`, or nothing where it is not known."""
        width = interval.high - interval.mean
        return f"± {self.bare(width)}" if math.isfinite(width) else ""

    def signed(self, value: float) -> str:
        """A difference with its sign, without its unit."""
        return f"+{self.bare(value)}" if value > 0 else self.bare(value)

    def change(self, value: float) -> str:
        """A difference with its sign and unit: `+8.1 points`."""
        unit = self.unit_of_change
        return f"{self.signed(value)}{unit and NO_BREAK}{unit}"

    @property
    def unit_of_change(self) -> str:
        """Shares differ by points."""
        return "points" if self.unit == "%" else self.unit

    def known(self, result: Comparison) -> bool:
        """Whether there is anything to show: not every desk has targets, or turns tickets away."""
        if self.kpi not in result.kpis:
            return False
        policies = serving(result) or result.ranking
        shown = {self.bare(result.interval(policy, self.kpi).mean) for policy in policies}
        return not shown <= {self.bare(0.0), MISSING}


def serving(result: Comparison) -> list[str]:
    """The policies that resolve tickets."""
    return [policy for policy in result.ranking if serves(result, policy)]


def serves(result: Comparison, policy: str) -> bool:
    """Whether a policy resolves tickets: else it is the best at doing nothing."""
    return math.isfinite(result.interval(policy, RESOLUTION.kpi).mean)


RESOLVED_ON_TIME = Measure(
    "sla_resolution",
    "Resolved on time",
    "%",
    MORE,
    "tickets resolved within their target",
    clause="{} of tickets were resolved on time",
)
FIRST_REPLY = Measure(
    "sla_first_response", "First reply on time", "%", MORE, "tickets first worked on within target"
)
WAIT = Measure(
    "wait_to_start_minutes",
    "Wait until begun",
    "min",
    LESS,
    "from arrival until an agent works on it, mean over tickets",
    clause="a ticket waited {} until work on it began",
)
RESOLUTION = Measure(
    "resolution_minutes_mean",
    "Time to resolution",
    "min",
    LESS,
    "mean over resolved tickets",
    clause="it took {} to resolve one",
)
BACKLOG = Measure("backlog_mean", "Open tickets", "", LESS, "queued or held, mean over time")
CSAT = Measure(
    "csat",
    "Satisfaction",
    "%",
    MORE,
    "customers' satisfaction (CSAT) at the end",
    clause="customers' satisfaction was {}",
)
SUCCESS = Measure("success_rate", "Solved", "%", MORE, "conversations that ended with a solution")
SCORE = Measure("reward", "Score", "", MORE, "what the desk is paid for, by its own weights", None)

LEADING = (CSAT, RESOLVED_ON_TIME, WAIT, RESOLUTION)
TILES = (CSAT, RESOLVED_ON_TIME, RESOLUTION, WAIT, BACKLOG)
MEASURES = (
    SCORE,
    CSAT,
    SUCCESS,
    RESOLVED_ON_TIME,
    FIRST_REPLY,
    WAIT,
    RESOLUTION,
    Measure("resolution_minutes_p95", "95 % resolved within", "min", LESS, "of resolved tickets"),
    BACKLOG,
    Measure("unfinished", "Unfinished", "", LESS, "tickets still open at the end"),
    Measure("abandonment", "Gave up", "%", LESS, "tickets whose customer left"),
    Measure("drop_rate", "Turned away", "%", LESS, "tickets that found the desk full"),
    Measure("term_payment", "Paid in auctions", "", NEITHER, "sum of winners' payments"),
    Measure("occupancy", "Agents busy", "%", NEITHER, "of their time there, mean over agents"),
    Measure("load_gini", "Unequal load", "", LESS, "Gini coefficient: 0 equal, 1 one does all", 3),
)
NOT_TALKED = (
    "sla_first_response",
    "resolution_minutes_p95",
    "occupancy",
)  # with customers: no room
