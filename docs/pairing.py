"""What the same tickets for every policy are worth, measured."""

import math

from docs.tables import DEFAULT, table
from marl_routing.evaluation import Comparison, compare
from marl_routing.evaluation.figures import in_short

EPISODES = 256
ONE, OTHER = "hungarian", "best_skill"
KPIS = {
    "reward": "reward",
    "resolved": "tickets resolved",
    "backlog_mean": "backlog",
    "resolution_minutes_mean": "minutes to resolution",
}


def pairing_table() -> str:
    """The interval of a difference between two rules, with other and with the same tickets."""
    result = compare(DEFAULT, [ONE, OTHER], EPISODES)
    heading = (
        f"| `{ONE}` minus `{OTHER}` | mean | other tickets | the same | variance, other / same |"
    )
    return table(heading, (_row(result, kpi) for kpi in KPIS))


def _row(result: Comparison, kpi: str) -> list[str]:
    difference = result.difference(ONE, kpi, OTHER)
    each = [result.interval(policy, kpi) for policy in (ONE, OTHER)]
    apart = math.hypot(*(interval.high - interval.mean for interval in each))
    paired = difference.high - difference.mean
    widths = [f"± {in_short(width)}" for width in (apart, paired)]
    return [KPIS[kpi], in_short(difference.mean), *widths, in_short((apart / paired) ** 2)]
