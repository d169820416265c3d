"""The plots of a page, one a file, each with its table."""

from marl_routing.report.material import Material
from marl_routing.report.plots.backlog import backlog
from marl_routing.report.plots.learning import learning
from marl_routing.report.plots.load import load
from marl_routing.report.plots.plot import Plot, Table
from marl_routing.report.plots.targets import satisfaction, targets
from marl_routing.report.plots.terms import terms
from marl_routing.report.plots.waits import waits

__all__ = ["Plot", "Table", "all_plots"]


def all_plots(material: Material) -> list[Plot]:
    """Those for which the desk has numbers, in the order of the page."""
    makers = (satisfaction, targets, waits, backlog, load, terms, learning)
    return [plot for plot in (make(material) for make in makers) if plot is not None]
