"""What the page claims is what the intervals show."""

import numpy as np
import pytest

from marl_routing.evaluation import Comparison
from marl_routing.report import words
from marl_routing.report.measures import RESOLUTION, RESOLVED_ON_TIME, Measure
from marl_routing.report.series import MOST, chosen, rival
from marl_routing.scenario.time import Time


def made(**rewards: list[float]) -> Comparison:
    """Policies with these rewards; all else is alike."""
    same = {kpi: np.ones(3) for kpi in ("resolution_minutes_mean", "wait_to_start_minutes")}
    samples = {
        name: {"reward": np.array(values, float), **{k: v[: len(values)] for k, v in same.items()}}
        for name, values in rewards.items()
    }
    return Comparison("desk", 0, len(next(iter(rewards.values()))), samples)


BEST, LEVEL, BEHIND = [9.0, 8.0, 9.0], [9.0, 9.0, 7.0], [1.0, 0.0, 1.1]


@pytest.mark.parametrize(
    ("rewards", "focus", "title"),
    [
        ({"a": BEST, "c": BEHIND}, "a", "a served customers best"),
        ({"a": BEST, "b": LEVEL, "c": BEHIND}, "a", "a and b served customers best"),
        ({"a": BEST, "b": LEVEL, "c": BEHIND}, "b", "b and a served customers best"),
        (
            {"a": BEST, "b": LEVEL, "c": BEHIND, "d": BEST},
            "a",
            "a and 2 others served customers best",
        ),
        ({"a": BEST, "b": LEVEL}, "b", "a and b cannot be told apart"),
        ({"a": BEST, "b": LEVEL, "d": BEST}, "a", "None of 3 policies can be told from another"),
        ({"a": BEST, "b": LEVEL, "c": BEHIND}, "c", "c came 3rd of 3; a served best"),
        ({"a": [2.0], "b": [1.0]}, "b", "a served customers best in one episode"),
        ({"a": BEST}, "a", "How a served customers"),
    ],
)
def test_a_title_claims_no_more_than_is_sure(
    rewards: dict[str, list[float]], focus: str, title: str
) -> None:
    assert words.title(made(**rewards), focus) == title


def test_certainty_names_who_cannot_be_told_from_the_best() -> None:
    sure = words.certainty(made(a=BEST, c=BEHIND), Time())
    assert "3 simulated episodes of 8 hours" in sure
    assert "a scored better than every other policy" in sure
    unsure = words.certainty(made(a=BEST, b=LEVEL, c=BEHIND), Time())
    assert "but b cannot be told from it" in unsure
    assert "one episode says nothing" in words.certainty(made(a=[1.0], b=[0.0]), Time())


def test_times_in_words() -> None:
    assert words.clock(0) == "Mon 00:00"
    assert words.clock(6 * 1440 + 61.5) == "Sun 01:01"
    assert words.clock(7 * 1440) == "Mon 00:00"
    spans = [words.span(minutes) for minutes in (480, 1440, 7200, 10080, 90, 1, 2.5)]
    assert spans == [
        "8 hours",
        "1 day",
        "5 days",
        "1 week",
        "90 minutes",
        "1 minute",
        "2.5 minutes",
    ]


@pytest.mark.parametrize(
    ("measure", "value", "said", "change"),
    [
        (RESOLVED_ON_TIME, 0.1234, "12.3\xa0%", "+12.3\xa0points"),
        (RESOLUTION, -1234.56, "−1,234.6\xa0min", "−1,234.6\xa0min"),  # noqa: RUF001
        (RESOLUTION, -0.01, "0.0\xa0min", "0.0\xa0min"),
        (RESOLUTION, float("nan"), "–", "–\xa0min"),  # noqa: RUF001
    ],
)
def test_numbers_in_words(measure: Measure, value: float, said: str, change: str) -> None:
    assert measure.say(value) == said
    assert measure.change(value) == change


def test_the_best_is_held_against_what_many_desks_do() -> None:
    result = made(a=BEST, round_robin=BEHIND, fcfs_longest_idle=BEHIND)
    assert rival(result, "a", evaluated=False) == "fcfs_longest_idle"
    assert rival(result, "round_robin", evaluated=True) == "a"
    assert rival(made(a=BEST), "a", evaluated=False) is None


def test_plots_show_the_focus_its_rival_and_no_policy_twice() -> None:
    rewards = {f"p{place}": [10.0 - place, 9.0 - place, 9.5 - place] for place in range(8)}
    result = made(**rewards, twin=rewards["p1"], random=[-9.0, -8.0, -7.0])
    few = chosen(result, "p3", "random")
    assert few == ["p3", "p0", "p1", "p2", "random"]
    assert len(few) == MOST
