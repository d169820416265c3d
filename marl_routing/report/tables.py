"""The page's figures as texts: tiles, the table of KPIs, and how far the others are behind."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from marl_routing.evaluation import Comparison, Interval
from marl_routing.report.measures import (
    CSAT,
    LEVEL,
    MEASURES,
    NOT_TALKED,
    RESOLUTION,
    RESOLVED_ON_TIME,
    SCORE,
    TILES,
    WAIT,
    Measure,
    serves,
    serving,
)
from marl_routing.report.words import verdict

MOST_TILES = 4
MOST_BESTS = 3  # of a column: what more policies share tells nothing


class Tile(NamedTuple):
    """One figure of the policy in focus, and what it is against another policy's."""

    name: str
    value: str
    change: str
    kind: str  # better, worse, even
    detail: str


class Cell(NamedTuple):
    """A number of the table, its half width, and whether it is the best of its column."""

    text: str
    half: str
    best: bool


class Row(NamedTuple):
    """A policy's line."""

    policy: str
    cells: list[Cell]


class Behind(NamedTuple):
    """How far a policy is from the best one: differences with their intervals."""

    policy: str
    differences: list[tuple[str, str]]
    verdict: str


def tiles(result: Comparison, focus: str, against: str | None) -> list[Tile]:
    """The figures that stand on top."""
    known = [measure for measure in TILES if measure.known(result)][:MOST_TILES]
    return [_tile(result, focus, against, measure) for measure in known]


def _tile(result: Comparison, focus: str, against: str | None, measure: Measure) -> Tile:
    value = measure.say(result.interval(focus, measure.kpi).mean)
    if against is None:
        return Tile(measure.name, value, "", "even", "")
    other = measure.say(result.interval(against, measure.kpi).mean)
    detail = f"{other} with {against}"
    difference = result.difference(focus, measure.kpi, against)
    if not math.isfinite(difference.mean):
        return Tile(measure.name, value, "", "even", detail)
    change = measure.change(difference.mean) if difference.mean else "no difference"
    if math.isfinite(difference.low):
        detail += f"; {LEVEL} interval of the difference {_from_to(measure, difference)}"
    if not difference.excludes_zero:
        return Tile(measure.name, value, change, "even", f"{detail}, so it may be chance")
    kind = "better" if difference.mean * measure.better > 0 else "worse"
    return Tile(measure.name, value, change, kind, detail)


def columns(result: Comparison) -> list[Measure]:
    """The measures that this desk has."""
    left_out = NOT_TALKED if CSAT.kpi in result.kpis else ()
    return [one for one in MEASURES if one.known(result) and one.kpi not in left_out]


def rows(result: Comparison) -> list[Row]:
    """A line a policy, the best first."""
    seen = columns(result)
    bests = [_best(result, measure) for measure in seen]
    return [
        Row(policy, [_cell(result, policy, *column) for column in zip(seen, bests, strict=True)])
        for policy in result.ranking
    ]


def _best(result: Comparison, measure: Measure) -> str:
    """The best number of a column as it is shown, of policies that resolve tickets; or nothing."""
    means = [result.interval(policy, measure.kpi).mean for policy in serving(result)]
    finite = sorted(mean * measure.better for mean in means if math.isfinite(mean))
    if not measure.better or len(finite) < 2:
        return ""
    best = measure.bare(finite[-1] * measure.better)
    shared = sum(measure.bare(mean) == best for mean in means)
    return best if shared <= min(MOST_BESTS, len(finite) - 1) else ""


def _cell(result: Comparison, policy: str, measure: Measure, best: str) -> Cell:
    interval = result.interval(policy, measure.kpi)
    text = measure.bare(interval.mean)
    return Cell(text, measure.half(interval), text == best and serves(result, policy))


def behind(result: Comparison) -> tuple[list[tuple[str, str]], list[Behind]]:
    """Heads (name, unit), and a line a policy but the best: paired differences to it."""
    seen = [m for m in (SCORE, RESOLVED_ON_TIME, RESOLUTION, WAIT) if m.known(result)]
    lines = [
        Behind(policy, list(_differences(result, policy, seen)), verdict(result, policy))
        for policy in result.ranking[1:]
    ]
    return [_head(measure) for measure in seen], lines


def _head(measure: Measure) -> tuple[str, str]:
    return measure.name, measure.unit_of_change


def _differences(result: Comparison, policy: str, seen: list[Measure]) -> Iterator[tuple[str, str]]:
    for measure in seen:
        difference = result.difference(policy, measure.kpi)
        known = math.isfinite(difference.low)
        yield measure.signed(difference.mean), _from_to(measure, difference) if known else ""


def _from_to(measure: Measure, interval: Interval) -> str:
    """`+7.5 to +8.7`."""
    return f"{measure.signed(interval.low)} to {measure.signed(interval.high)}"
