"""The page: words, tables and plots put into its template."""

from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING

from marl_routing.policies import BidPolicy, Policy
from marl_routing.report import assumptions, tables, words
from marl_routing.report.material import Material
from marl_routing.report.plots import all_plots

if TYPE_CHECKING:
    from jinja2 import Template


def report_page(
    material: Material, policies: Sequence[Policy | BidPolicy], command: str = ""
) -> str:
    """A whole HTML page that needs nothing else: no file, no script, no address.

    Args:
        material: what it tells; the same gives the same page, byte for byte.
        policies: those compared, to say what they do.
        command: that makes the page anew.

    Raises:
        ValueError: the extra `report` (jinja2, matplotlib) is not installed.
    """
    require_libraries()
    scenario, result = material.scenario, material.result
    focus, against = material.focus, material.against
    does = {policy.name: assumptions.what_it_does(policy) for policy in policies}
    heads, behind = tables.behind(result)
    return _template().render(
        style=_file("page.css"),
        scenario=scenario,
        result=result,
        focus=focus,
        title=words.title(result, focus),
        lead=words.lead(result, focus, against),
        certainty=words.certainty(result, scenario.time),
        tiles=tables.tiles(result, focus, against),
        columns=tables.columns(result),
        rows=tables.rows(result),
        behind_heads=heads,
        behind=behind,
        shown=material.shown,
        recorded=material.recorded,
        plots=all_plots(material),
        facts=assumptions.facts(scenario),
        promises=assumptions.promises(scenario),
        known=[(name, does[name]) for name in (focus, against) if name and does.get(name)],
        does=does.items(),
        command=command,
    )


def _template() -> "Template":
    """The page with all names escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_file("page.html"))


def _file(name: str) -> str:
    return resources.files("marl_routing.report").joinpath(name).read_text("utf-8")


def require_libraries() -> None:
    """Raise a ValueError that names the extra if a library of the page is missing."""
    try:
        import jinja2  # noqa: F401
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise ValueError(
            f"a report needs {error.name}: pip install 'marl-routing[report]'"
        ) from None
