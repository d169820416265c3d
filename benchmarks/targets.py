"""What the desk is meant to reach: ratios within one run."""

import math
from typing import NamedTuple

from benchmarks.results import Results


class Target(NamedTuple):
    """One line of the table.

    Attributes:
        title: what is compared.
        row: its name in `rows.ROWS`.
        over: the row that it is divided by; none: the row itself.
        least, most: the target; without either it is information.
    """

    title: str
    row: str
    over: str | None = None
    least: float | None = None
    most: float | None = None

    def value(self, results: Results) -> float:
        """In a run; nan where a row is missing."""
        wanted = {self.row, self.over} - {None}
        if not wanted <= results.values.keys():
            return math.nan
        return results.middle(self.row) if self.over is None else results.ratio(self.row, self.over)

    def met(self, results: Results) -> bool | None:
        """Whether a run reached it; none: there is nothing to reach, or nothing to tell."""
        value = self.value(results)
        if math.isnan(value) or not self.wanted:
            return None
        least = -math.inf if self.least is None else self.least
        most = math.inf if self.most is None else self.most
        return least <= value <= most

    @property
    def wanted(self) -> str:
        """The target in words."""
        if self.least is not None:
            return f">= {self.least:,g}"
        return f"<= {self.most:,g}" if self.most is not None else ""


TARGETS = (
    Target("batch of 256 over plain Python", "batch_256", "oracle", least=250),
    Target("batch of 1024 over simple_spread", "batch_1024", "simple_spread", least=2000),
    Target("parallel env over simple_spread", "parallel", "simple_spread", least=100),
    Target("native vector env over SuperSuit's, 64 desks", "native_64", "supersuit_64", least=40),
    Target("share of a PPO iteration in the native env", "ppo", most=0.03),
    Target("native vector env over DeskBatch, 64 desks", "native_64", "batch_64", least=0.6),
    Target("everything_on over default, best_skill", "everything_ruled", "ruled", least=0.4),
    Target("1,000 agents and 10,000 tickets over 10 and 100", "scale_1000", "scale_10", least=0.5),
    Target("M/M/10 over SimPy, tickets", "tickets", "simpy", least=50),
    Target("support_bfsi over default, with rules", "support", "ruled", least=0.5),
    Target("seconds to the first step, cold", "cold", most=15),
    Target("seconds to the first step, warm", "warm", most=1),
    Target("megabytes of the first instance", "first", most=100),
    Target("everything_on over default, random actions", "everything", "batch_256"),
    Target(
        "support_bfsi with the default's arrivals over default, with rules",
        "support_quiet",
        "ruled",
    ),
    Target("two threads over one, batch of 1024", "threads"),
    Target("M/M/10 over Ciw, tickets", "tickets", "ciw"),
    Target("parallel env over plain Python", "parallel", "oracle"),
    Target("batch of 1024 over pursuit", "batch_1024", "pursuit"),
    Target("batch of 1024 over VMAS", "batch_1024", "vmas"),
    Target("batch of 1024 over JaxMARL", "batch_1024", "jaxmarl"),
    Target("share of a PPO iteration in SuperSuit's env", "ppo_supersuit"),
)
