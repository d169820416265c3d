"""Matplotlib's SVG for a page: its colours are the page's own, light and dark; no two ids alike."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 420  # of a drawing, in its own units; text is 12 high
_INCH = 72

# Matplotlib is given a number for each colour of the page; the style sheet says what it is.
_NAMES = ("ink", "muted", "line", "card", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8")
PAINT = {name: f"#0a0b{0x10 + place:02x}" for place, name in enumerate(_NAMES)}

_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "the same ids in every run",
    "text.parse_math": False,
    "font.size": 12.0,
    "font.family": "DejaVu Sans",
    "text.color": PAINT["ink"],
    "axes.labelcolor": PAINT["muted"],
    "axes.edgecolor": PAINT["line"],
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.labelsize": 12.0,
    "figure.facecolor": "none",
    "grid.color": PAINT["line"],
    "grid.linewidth": 0.8,
    "xtick.color": PAINT["line"],
    "xtick.labelcolor": PAINT["muted"],
    "ytick.color": PAINT["line"],
    "ytick.labelcolor": PAINT["muted"],
    "xtick.major.size": 0.0,
    "ytick.major.size": 0.0,
    "xtick.major.pad": 7.0,
    "ytick.major.pad": 7.0,
    "lines.linewidth": 2.0,
    "lines.solid_capstyle": "round",
}


@dataclass(frozen=True)
class Drawing:
    """The inside of an `svg` element, and its size."""

    width: float
    height: float
    body: str


def draw(key: str, height: float, paint: Callable[["Axes"], None]) -> Drawing:
    """Let `paint` draw on axes in the page's style.

    Args:
        key: of the drawing on its page; the ids in it begin with it.
        height: WIDTH is the width.
        paint: draws, with the colours of `PAINT`.
    """
    from matplotlib import style
    from matplotlib.figure import Figure

    text = io.StringIO()
    with style.context(["default", _STYLE]):
        figure = Figure(figsize=(WIDTH / _INCH, height / _INCH), layout="constrained")
        paint(figure.add_subplot())
        figure.savefig(text, format="svg", metadata={"Date": None})
    return Drawing(WIDTH, height, _inside(text.getvalue(), key))


def _inside(svg: str, key: str) -> str:
    """What stands in the `svg` element, made fit for a page that holds several."""
    body = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    body = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r'\bid="', f'id="{key}-', body)
    body = re.sub(r'xlink:href="#', f'href="#{key}-', body)
    body = body.replace("url(#", f"url(#{key}-")
    body = re.sub(r"font: (?:(\d+) )?([\d.]+)px[^;\"]*", _font, body)
    for name, number in PAINT.items():
        body = body.replace(number, f"var(--{name})")
    return re.sub(r"\n\s*", "\n", body).strip()


def _font(match: re.Match[str]) -> str:
    """The family is the page's."""
    weight, size = match.groups()
    return f"font-size: {size}px" + (f"; font-weight: {weight}" if weight else "")
