"""The learning curve: reward a step, over the agent-steps learned from."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from marl_routing.evaluation import Comparison
from marl_routing.evaluation.figures import in_short
from marl_routing.evaluation.learning_curve import REWARD_PER_STEP, LearningCurve
from marl_routing.report.drawing import PAINT, draw
from marl_routing.report.material import Material
from marl_routing.report.measures import MINUS, MISSING
from marl_routing.report.plots.plot import Key, Plot, Table
from marl_routing.report.series import LOOKS
from marl_routing.scenario.writing import write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CURVE = "curve.png"
ROWS = 12  # of the table
TRAINING, VALIDATION, RULE = "in training", "on validation seeds", "the best rule"
_PAGE = {TRAINING: PAINT["muted"], VALIDATION: PAINT["s1"], RULE: PAINT["s2"]}
_PICTURE = {TRAINING: "0.6", VALIDATION: "C0", RULE: "C1"}


def learning(material: Material) -> Plot | None:
    """The curve of the policy in focus; None if nothing is known of its training, or of a rule."""
    curve = material.curve
    best = None if curve is None else best_rule(material.result, material.focus)
    if curve is None or best is None:
        return None
    rule, level = best
    reached = np.nanmax(curve.validation if len(curve.validation) else curve.reward)
    return Plot(
        "learning",
        "How it learned",
        f"{material.focus}: at best {_number(reached)} a step within {curve.steps[-1]:,.0f} "
        f"agent-steps; {rule} earns {_number(level)}.",
        "Reward a step, of a desk, over agent-steps learned from. In training actions are drawn, "
        "at first a teacher may act too, and episodes may be shorter; the line is the best rule's "
        "mean on test seeds.",
        draw("learning", 290, partial(paint, curve, level, _PAGE)),
        [
            Key(TRAINING, "muted", dashes=""),
            Key(VALIDATION, "s1", LOOKS[0].outline),
            Key(rule, "s2", dashes="7 2"),
        ],
        _table(curve),
    )


def save_curve(folder: Path, result: Comparison, learned: str) -> None:
    """Draw the curve of the run in a folder into its `curve.png`.

    Args:
        folder: of the run.
        result: the comparison at its end.
        learned: what the learned policy is called there.

    Raises:
        ImportError: matplotlib is not installed.
    """
    from matplotlib.figure import Figure

    curve = LearningCurve.of(folder)
    best = None if curve is None else best_rule(result, learned)
    if curve is None or best is None:
        return
    rule, level = best
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    paint(curve, level, _PICTURE, axes)
    axes.legend([TRAINING, VALIDATION, f"{RULE}, {rule}"], frameon=False)
    axes.set_title(result.scenario)
    write_whole(folder / CURVE, lambda path: figure.savefig(path, dpi=120))


def best_rule(result: Comparison, learned: str) -> tuple[str, float] | None:
    """The best of the others, and its mean reward a step; None if no other was finished."""
    others = [name for name in result.ranking if name != learned]
    return (others[0], result.interval(others[0], REWARD_PER_STEP).mean) if others else None


def paint(curve: LearningCurve, level: float, colours: dict[str, str], axes: "Axes") -> None:
    """Training as a line, validation as points, the rule's level as a dashed line."""
    axes.plot(curve.steps, curve.reward, color=colours[TRAINING])
    axes.plot(curve.checkpoints, curve.validation, "o", color=colours[VALIDATION])
    axes.axhline(level, color=colours[RULE], linestyle=(0, (7, 2)))
    axes.set_xlabel("agent-steps")
    axes.set_ylabel("reward a step")
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter("{x:,.0f}")


def _number(value: float) -> str:
    return in_short(value).replace("-", MINUS)


def _table(curve: LearningCurve) -> Table:
    """Some of the points in training, and the checkpoints nearest to them."""
    every = max(1, len(curve.steps) // ROWS)
    rows = []
    for steps, reward in zip(curve.steps[::-every], curve.reward[::-every], strict=True):
        near = abs(curve.checkpoints - steps)
        seen = _number(curve.validation[near.argmin()]) if len(near) else MISSING
        rows.append((f"{steps:,.0f}", _number(reward), seen))
    return Table(("agent-steps", TRAINING, VALIDATION), rows[::-1])
