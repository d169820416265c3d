"""The cost curves as a picture. Needs the extra `bench` (matplotlib)."""

from pathlib import Path

from benchmarks.contender import MissingError
from benchmarks.results import Results
from benchmarks.scale import CURVES
from marl_routing.scenario.writing import write_whole


def draw(results: Results, path: Path) -> None:
    """Write an SVG: nanoseconds an agent-step against each size; nothing without such rows."""
    measured = [name for name in CURVES if _points(results, name)]
    if not measured:
        return
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingError("needs matplotlib: pip install 'marl-routing[bench]'") from None
    figure = Figure(figsize=(3 * len(measured), 3), layout="tight")
    axes = figure.subplots(1, len(measured), sharey=True, squeeze=False)
    for axis, name in zip(axes[0], measured, strict=True):
        points = _points(results, name)
        axis.plot(list(points), list(points.values()), marker="o")
        axis.set(xscale="log", yscale="log", xlabel=CURVES[name].axis)
        axis.grid(alpha=0.3)
    axes[0][0].set_ylabel("ns an agent-step")
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "the same ids in every run"}):
        write_whole(path, lambda file: figure.savefig(file, format="svg", metadata={"Date": None}))


def _points(results: Results, name: str) -> dict[int, float]:
    return {
        size: 1e9 / results.middle(f"{name}_{size}")
        for size in CURVES[name].sizes
        if f"{name}_{size}" in results.values
    }
