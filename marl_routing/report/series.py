"""Which policies the plots show, and how each is told apart there without colour."""

from dataclasses import dataclass
from typing import Any

from marl_routing.evaluation import Comparison
from marl_routing.evaluation.comparison import REWARD
from marl_routing.report.measures import serving

RECORDED = 20  # episodes a policy that are looked at in detail
MOST = 5  # policies in a plot: more cannot be told apart
USUAL = ("fcfs_longest_idle", "round_robin", "least_loaded", "random")  # what many desks do today


@dataclass(frozen=True)
class Look:
    """How a policy is drawn: everywhere the same.

    Attributes:
        colour: of the page's palette.
        marker: as Matplotlib names it.
        dashes: on and off, in points; empty: a solid line.
        outline: the marker as an SVG path, from -4 to 4.
    """

    colour: str
    marker: str
    dashes: tuple[float, ...]
    outline: str

    @property
    def line(self) -> Any:
        """Matplotlib's line style."""
        return (0, self.dashes) if self.dashes else "-"


LOOKS = (
    Look("s1", "o", (), "M-4 0A4 4 0 1 0 4 0A4 4 0 1 0 -4 0Z"),
    Look("s2", "s", (7, 2), "M-3.5 -3.5H3.5V3.5H-3.5Z"),
    Look("s3", "^", (4, 2), "M0 -4L4 3.5H-4Z"),
    Look("s4", "D", (8, 2, 2, 2), "M0 -4.5L4.5 0L0 4.5L-4.5 0Z"),
    Look("s5", "v", (2, 2), "M0 4L4 -3.5H-4Z"),
)


@dataclass(frozen=True)
class Series:
    """A policy in a plot."""

    policy: str
    look: Look


def rival(result: Comparison, focus: str, evaluated: bool) -> str | None:
    """Whom the policy in focus is held against: one that resolves tickets, if there is one.

    Args:
        result: the comparison.
        focus: the policy that the page is about.
        evaluated: it was named, so it is held against the best other one; else it is the best, and
            is held against what many desks do.
    """
    others = [policy for policy in serving(result) if policy != focus]
    usual = [] if evaluated else [policy for policy in USUAL if policy in others]
    return next(iter((*usual, *others)), None)


def chosen(result: Comparison, focus: str, against: str | None) -> list[str]:
    """The policies that plots show: the focus, the best others and the one it is held against.

    Of policies that did exactly the same the first stands for all.
    """
    wanted = dict.fromkeys([focus, *filter(None, [against]), *result.ranking])
    rewards = {policy: result.samples[policy][REWARD].tobytes() for policy in wanted}
    firsts = {reward: policy for policy, reward in reversed(rewards.items())}
    few = [policy for policy in wanted if firsts[rewards[policy]] == policy][:MOST]
    return [focus, *(policy for policy in result.ranking if policy in few and policy != focus)]


def series(policies: list[str]) -> list[Series]:
    """Looks for the policies of `chosen`."""
    return [Series(policy, look) for policy, look in zip(policies, LOOKS, strict=False)]
