"""A plot of the page: a drawing with its key, in words, and as a table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from marl_routing.report.drawing import Drawing
from marl_routing.report.measures import MISSING, NO_BREAK
from marl_routing.report.series import Series


@dataclass(frozen=True)
class Table:
    """A table of texts, the first column being the rows' heads."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Key:
    """What a colour means.

    Attributes:
        name: of what is drawn so.
        colour: of the page's palette.
        outline: of its marker, an SVG path; empty for an area.
        dashes: of its line, "none" where it has no line.
    """

    name: str
    colour: str
    outline: str = ""
    dashes: str = "none"


@dataclass(frozen=True)
class Plot:
    """One plot.

    Attributes:
        key: its name on the page.
        title: what it shows.
        says: what is to be seen, in a sentence; it also stands for the drawing.
        basis: what it rests on and how to read it.
        drawing: the plot.
        keys: its colours.
        table: the numbers.
    """

    key: str
    title: str
    says: str
    basis: str
    drawing: Drawing
    keys: Sequence[Key]
    table: Table


def keys(shown: Sequence[Series], lines: bool) -> list[Key]:
    """Of policies, drawn as lines or as markers."""
    return [
        Key(
            one.policy,
            one.look.colour,
            "" if lines else one.look.outline,
            " ".join(f"{length:g}" for length in one.look.dashes) if lines else "none",
        )
        for one in shown
    ]


def percent(share: float) -> str:
    """A share as text, `93.5 %`; a dash where there is none."""
    return MISSING if math.isnan(share) else f"{100 * share:.1f}{NO_BREAK}%"


SHORT = 18  # letters of a name beside a row


def short(name: str) -> str:
    """A name that fits beside a row."""
    return name if len(name) <= SHORT else f"{name[: SHORT - 1]}…"
