"""What the score is made of: each reward term times its weight."""

from functools import partial
from typing import TYPE_CHECKING

from marl_routing.core.terms import MEANINGS, TERMS
from marl_routing.evaluation.figures import in_short
from marl_routing.report.drawing import PAINT, draw
from marl_routing.report.material import Material
from marl_routing.report.measures import MINUS
from marl_routing.report.plots.plot import Key, Plot, Table, short
from marl_routing.scenario import compile_scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW = 44  # units of height
COLOURS = ("s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8")
SMALL = 1e-3  # of the largest sum: less is not drawn
OTHERS = "others"


def terms(material: Material) -> Plot | None:
    """A row a policy, a piece a term: earned to the right of zero, cost to the left.

    None where nothing was paid.
    """
    names = [one.policy for one in material.shown]
    paid = _grouped({name: contributions(material, name) for name in names})
    if not paid[material.focus]:
        return None

    first = paid[material.focus]
    return Plot(
        "terms",
        "What the score is made of",
        _says(material.focus, first),
        f"Mean of {material.played}; each piece is a term times its weight in "
        "this desk's reward. Costs lie left of zero; the pieces of a row add up to its score.",
        draw("terms", 40 + ROW * len(names), partial(_paint, paid)),
        [Key(name.replace("_", " "), colour) for name, colour in zip(first, COLOURS, strict=False)],
        _table(paid, material),
    )


def _paint(paid: dict[str, dict[str, float]], axes: "Axes") -> None:
    """Pieces side by side from zero, on either side of it."""
    for row, parts in enumerate(paid.values()):
        ends = {True: 0.0, False: 0.0}
        for colour, amount in zip(COLOURS, parts.values(), strict=False):
            start = ends[amount > 0]
            ends[amount > 0] += amount
            (bar,) = axes.barh(row, amount, 0.62, left=start, color=PAINT[colour])
            bar.set(edgecolor=PAINT["card"], linewidth=1.5)
    axes.axvline(0, color=PAINT["ink"], linewidth=1.2)
    axes.set_yticks(
        range(len(paid)),
        [f"{short(name)}\n{_whole(sum(paid[name].values()))}" for name in paid],
        color=PAINT["ink"],
    )
    axes.set_ylim(len(paid) - 0.5, -0.5)
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: _whole(value))
    axes.grid(axis="y", visible=False)


def contributions(material: Material, policy: str) -> dict[str, float]:
    """Each term's part of the mean reward; they add up to it.

    `waiting` may have a weight for each category, so it is what the other terms leave.
    """
    weights = compile_scenario(material.scenario).rules.desk[0]["weights"]
    parts = {
        term: float(weight) * material.result.interval(policy, f"term_{term}").mean
        for term, weight in zip(TERMS, weights, strict=True)
        if weight and term != "waiting"
    }
    if weights[TERMS.index("waiting")]:
        parts["waiting"] = material.result.interval(policy).mean - sum(parts.values())
    return parts


def _grouped(paid: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """The terms that are worth a colour, in the scenario's order, and one for all the others."""
    most = max(sum(map(abs, parts.values())) for parts in paid.values())
    sizes = {
        term: max(abs(parts[term]) for parts in paid.values()) for term in next(iter(paid.values()))
    }
    ranked = sorted(sizes, key=lambda term: -sizes[term])
    kept = [term for term in ranked[: len(COLOURS) - 1] if sizes[term] > SMALL * most]
    others = {} if all(sizes[term] == 0 for term in sizes if term not in kept) else {OTHERS: 0.0}
    return {
        policy: {term: parts[term] for term in sizes if term in kept}
        | {name: sum(parts[term] for term in sizes if term not in kept) for name in others}
        for policy, parts in paid.items()
    }


def _whole(value: float) -> str:
    return in_short(value).replace("-", MINUS)


def _says(focus: str, parts: dict[str, float]) -> str:
    most = max(parts, key=lambda term: abs(parts[term]))
    total = sum(parts.values())
    kind = "earned" if parts[most] > 0 else "cost"
    return (
        f"{focus}: {_whole(total)} in all; most was {kind} by {most.replace('_', ' ')} "
        f"({_whole(parts[most])})."
    )


def _table(paid: dict[str, dict[str, float]], material: Material) -> Table:
    rows = [
        (
            f"{term.replace('_', ' ')}: {MEANINGS.get(term, 'smaller terms')}",
            *(_whole(parts[term]) for parts in paid.values()),
        )
        for term in paid[material.focus]
    ]
    score = ("score", *(_whole(material.result.interval(policy).mean) for policy in paid))
    return Table(("term", *paid), [*rows, score])
