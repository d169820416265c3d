"""What was found, in plain words."""

import math

from marl_routing.evaluation import Comparison
from marl_routing.report.measures import LEADING, LEVEL, NO_BREAK, Measure, serves
from marl_routing.scenario.time import MINUTES_A_DAY, WEEKDAYS, Time

_UNITS = (("week", 7 * MINUTES_A_DAY), ("day", MINUTES_A_DAY), ("hour", 60), ("minute", 1))
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}


def clock(minute_of_week: float) -> str:
    """A time of the week: `Mon 09:05`."""
    day, minute = divmod(int(minute_of_week), MINUTES_A_DAY)
    return f"{WEEKDAYS[day % 7].capitalize()[:3]} {minute // 60:02d}:{minute % 60:02d}"


def span(minutes: float) -> str:
    """A length of time in its largest whole unit: `8 hours`, `5 days`."""
    for name, size in _UNITS:
        if minutes % size == 0:
            return counted(int(minutes // size), name)
    return f"{minutes:g} minutes"


def counted(number: int, name: str) -> str:
    """A number and what it counts: `1 hour`, `2 hours`."""
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def title(result: Comparison, focus: str) -> str:
    """Who served best, and where the policy in focus came in; no more than the intervals show."""
    best, *rest = result.ranking
    if not rest:
        return f"How {focus} served customers"
    if result.episodes == 1:
        return f"{best} served customers best in one episode"
    level = [policy for policy in result.ranking if not _is_behind(result, policy)]
    if level == result.ranking:
        both = f"{_listed(level)} cannot be told apart"
        return both if len(rest) == 1 else f"None of {len(level)} policies can be told from another"
    if focus in level:
        others = [policy for policy in level if policy != focus]
        names = [focus, *others] if len(others) < 2 else [focus, f"{len(others)} others"]
        return f"{_listed(names)} served customers best"
    place = result.ranking.index(focus) + 1
    return f"{focus} came {place}{_ordinal(place)} of {len(result.ranking)}; {best} served best"


def finding(result: Comparison, focus: str, time: Time) -> str:
    """The title and how sure it is, for a terminal."""
    return f"{title(result, focus)}. {certainty(result, time)}".replace(NO_BREAK, " ")


def _ordinal(place: int) -> str:
    return "th" if place % 100 in (11, 12, 13) else _ORDINALS.get(place % 10, "th")


def lead(result: Comparison, focus: str, against: str | None) -> str:
    """What that means for customers: targets met and minutes, and those of one other policy."""
    seen = [measure for measure in LEADING if measure.known(result)]
    if not serves(result, focus):
        return f"With {focus} no ticket was resolved."
    own = [measure.clause.format(measure.say(_mean(result, focus, measure))) for measure in seen]
    text = f"With {focus}, {_listed(own)}"
    if against is None:
        return f"{text}."
    return f"{text}; with {against} it was {_listed(_said(result, against, seen))}."


def _said(result: Comparison, policy: str, seen: list[Measure]) -> list[str]:
    return [measure.say(_mean(result, policy, measure)) for measure in seen]


def _mean(result: Comparison, policy: str, measure: Measure) -> float:
    return result.interval(policy, measure.kpi).mean


def certainty(result: Comparison, time: Time) -> str:
    """How sure one can be of who is best."""
    best, *rest = result.ranking
    episodes = counted(result.episodes, "simulated episode")
    length = span(time.step_minutes * time.horizon_steps)
    base = f"Each policy met the very same tickets in {episodes} of {length}"
    if not rest:
        return f"{base}."
    if result.episodes == 1:
        return f"{base}: one episode says nothing of chance, so play more of them."
    equals = [policy for policy in rest if not _is_behind(result, policy)]
    if not equals:
        return (
            f"{base}. {best} scored better than every other policy by more than chance explains "
            f"({LEVEL} intervals of the paired differences leave out zero)."
        )
    return (
        f"{base}. {best} had the highest score, but {_listed(equals)} cannot be told from it: "
        f"the {LEVEL} interval of the paired difference holds zero. More episodes may decide it."
    )


def _is_behind(result: Comparison, policy: str) -> bool:
    difference = result.difference(policy)
    return math.isfinite(difference.high) and difference.high < 0


def _listed(names: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def verdict(result: Comparison, policy: str) -> str:
    """How a policy's score stands to the best one's."""
    if policy == result.ranking[0]:
        return "best"
    if not math.isfinite(result.difference(policy).high):
        return "one episode only"
    return "clearly behind" if _is_behind(result, policy) else "cannot be told from the best"
