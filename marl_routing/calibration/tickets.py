"""The tickets of the team that is modelled, as arrays, and the weeks they are split into."""

import re
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from marl_routing.calibration.read import Column, TicketLog
from marl_routing.calibration.report import LogError
from marl_routing.scenario.time import MINUTES_A_DAY, MINUTES_A_WEEK

MIN_TICKETS = 50  # fewer say nothing about 168 hours of a week
UNRESOLVED = -1

# Words that rank a priority, most urgent first; exports mix several of these scales.
_RANKS = (
    ("critical", "blocker", "urgent", "highest", "emergency"),
    ("high", "major"),
    ("medium", "moderate", "normal"),
    ("low", "minor"),
    ("lowest", "trivial", "planning"),
)


@dataclass(frozen=True)
class Weeks:
    """Minutes since the Monday 00:00 before the first ticket: the log, and where the fit ends."""

    monday: np.datetime64
    start: int  # first day of the log
    fit_end: int  # tickets opened from here on are held out
    end: int  # after the last day of the log

    @property
    def held_out(self) -> int:
        """Number of whole weeks that the fit does not see."""
        return -(-(self.end - self.fit_end) // MINUTES_A_WEEK)


@dataclass(frozen=True)
class Tickets:
    """Tickets of the team, in order of creation.

    Attributes:
        opened: (n,) minutes since `Weeks.monday`.
        resolved: (n,) likewise, `UNRESOLVED` where the log does not say.
        agent, category, priority: (n,) positions in `Names`.
        made_sla: (n,) 1 met, 0 missed, nan unknown.
    """

    opened: NDArray[np.int64]
    resolved: NDArray[np.int64]
    agent: NDArray[np.int64]
    category: NDArray[np.int64]
    priority: NDArray[np.int64]
    made_sla: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.opened)

    def where(self, chosen: NDArray[np.bool_]) -> Self:
        """The tickets for which `chosen` (n,) is true."""
        return type(self)(*(column[chosen] for column in vars(self).values()))

    def between(self, start: int, end: int) -> Self:
        """The tickets opened in minutes [start, end)."""
        return self.where((self.opened >= start) & (self.opened < end))

    @property
    def minutes_to_resolution(self) -> NDArray[np.float64]:
        """(n,) minutes, nan where unresolved."""
        known = self.resolved != UNRESOLVED
        return np.where(known, self.resolved - self.opened, np.nan)


@dataclass(frozen=True)
class Names:
    """What the positions in `Tickets` stand for; `other` categories are one, the last."""

    team: tuple[str, ...]
    categories: tuple[str, ...]
    priorities: tuple[str, ...]
    team_share: float  # of the tickets of the fitted weeks whose resolver is known


def split_weeks(log: TicketLog) -> Weeks:
    """Hold out the last quarter of the weeks, at least one if there are three."""
    if not len(log.opened):
        reasons = ", ".join(f"{count} x {reason}" for reason, count in log.skipped.items())
        raise LogError(f"no row of the log can be used ({reasons})")
    first_day = log.opened[0].astype("datetime64[D]")
    weekday = (int(first_day.astype(np.int64)) + 3) % 7  # day 0, 1970-01-01, was a Thursday
    monday = first_day - np.timedelta64(weekday, "D")
    days = int((log.opened[-1].astype("datetime64[D]") - monday).astype(np.int64)) + 1
    weeks = -(-days // 7)
    held_out = max(1, weeks // 4) if weeks >= 3 else 0
    end = days * MINUTES_A_DAY
    fit_end = (weeks - held_out) * MINUTES_A_WEEK if held_out else end
    return Weeks(monday, weekday * MINUTES_A_DAY, fit_end, end)


def choose_team(
    log: TicketLog, weeks: Weeks, top_categories: int, team_size: int
) -> tuple[Tickets, Names]:
    """Keep the tickets of the resolvers and name their categories.

    Args:
        log: every ticket.
        weeks: the fitted weeks decide who and what is on top.
        top_categories: categories kept by name; the others, and tickets without one, are `other`.
        team_size: resolvers kept, those with most tickets.
    """
    opened = _minutes_since(log.opened, weeks.monday)
    fitted = opened < weeks.fit_end
    team = _most_frequent(log.agent.codes[fitted], team_size)
    if not len(team):
        raise LogError(f"the column {log.columns['agent']!r} names no agent in the fitted weeks")
    agent = _position(log.agent, team)
    chosen = agent >= 0
    categories = _most_frequent(log.category.codes[fitted & chosen], top_categories)
    category = _position(log.category, categories)
    names = [_identifier(log.category.names[code]) for code in categories]
    if (category[chosen] < 0).any():
        names.append("other")
    priority, priorities = _rank_priorities(log.priority)
    tickets = Tickets(
        opened=opened,
        resolved=_minutes_since(log.resolved, weeks.monday),
        agent=agent,
        category=np.where(category < 0, len(categories), category),
        priority=priority,
        made_sla=log.made_sla,
    ).where(chosen)
    _expect_enough(tickets.between(weeks.start, weeks.fit_end), weeks)
    share = float(chosen[fitted].sum() / (log.agent.codes[fitted] >= 0).sum())
    return tickets, Names(
        tuple(log.agent.names[code] for code in team), _distinct(names), priorities, share
    )


def _expect_enough(fitted: Tickets, weeks: Weeks) -> None:
    resolved = int((fitted.resolved != UNRESOLVED).sum())
    if resolved < MIN_TICKETS:
        day, first = np.timedelta64(1, "D"), weeks.start // MINUTES_A_DAY
        last = weeks.fit_end // MINUTES_A_DAY - 1
        raise LogError(
            f"the team's tickets opened from {weeks.monday + first * day} to "
            f"{weeks.monday + last * day} and resolved: expected at least {MIN_TICKETS}, "
            f"found {resolved}"
        )


def _minutes_since(dates: NDArray[np.datetime64], origin: np.datetime64) -> NDArray[np.int64]:
    minutes = (dates - origin.astype("datetime64[m]")).astype(np.int64)
    return np.where(np.isnat(dates), UNRESOLVED, minutes)


def _most_frequent(codes: NDArray[np.int32], count: int) -> NDArray[np.int64]:
    """The most frequent codes, the most frequent first, ties in order of name."""
    found, times = np.unique(codes[codes >= 0], return_counts=True)
    return found[np.argsort(-times, kind="stable")][:count].astype(np.int64)


def _position(column: Column, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) place of each text among the chosen codes, -1 if not chosen."""
    place = np.full(len(column.names) + 1, -1)  # the last entry answers code -1
    place[chosen] = np.arange(len(chosen))
    return place[column.codes]


def _rank_priorities(column: Column) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """(n,) 0 for the most urgent, and their names; a missing one becomes the most frequent."""
    if not column.names:
        return np.zeros(len(column.codes), np.int64), ("normal",)
    order = sorted(range(len(column.names)), key=lambda code: _urgency(column.names[code]))
    names = _distinct([_identifier(re.sub(r"^\W*\d+\W+", "", column.names[c])) for c in order])
    usual = _most_frequent(column.codes, 1)[0]
    codes = np.where(column.codes < 0, usual, column.codes)
    return np.argsort(order)[codes], names


def _urgency(name: str) -> tuple[int, int, str]:
    """Sort key: a leading number ("1 - Critical", "P2") first, then known words, then the rest."""
    number = re.match(r"\W*[pP]?(\d+)", name)
    if number:
        return 0, int(number[1]), name
    words = name.lower().split()
    rank = next((i for i, ranks in enumerate(_RANKS) if set(words) & set(ranks)), len(_RANKS))
    return 1, rank, name


def _identifier(name: str) -> str:
    return re.sub(r"\W+", "_", name.strip().lower()).strip("_") or "unnamed"


def _distinct(names: list[str]) -> tuple[str, ...]:
    """Names that fell together ("A b", "a-b") are told apart by a number."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
    used: dict[str, int] = {}
    distinct = []
    for name in names:
        used[name] = used.get(name, 0) + 1
        distinct.append(name if seen[name] == 1 else f"{name}_{used[name]}")
    return tuple(distinct)
