"""Which libraries train on the environment, as a table: from tests/compat and its last results."""

import shlex

from docs.tables import table
from marl_routing.evaluation.figures import in_short
from tests.compat.libraries import LIBRARIES, Library
from tests.compat.results import kept

HEADING = "| library | version | faces | masks | status | seconds | agent-steps/s |"


def library_table() -> str:
    """A line a library; a name leads to its example."""
    return table(HEADING, map(_row, LIBRARIES))


def _row(library: Library) -> list[str]:
    result = kept().get(library.name)
    link = f"[{library.title}](../examples/{library.example}.py)"
    if result is None:
        return [link, "", library.face, library.masks, "not yet run", "", ""]
    versions = ", ".join(f"{name} {result.versions[name]}" for name in library.packages)
    seconds = "" if result.seconds is None else f"{result.seconds:.0f}"
    rate = "" if result.rate is None else in_short(result.rate)
    status = f"{result.status} ({result.date})"
    return [link, versions, library.face, library.masks, status, seconds, rate]


def conditions() -> str:
    """Where the figures were taken, in a sentence."""
    machines = sorted(
        {f"{row.processor}, Python {row.versions['Python']}" for row in kept().values()}
    )
    return f"Measured on: {'; '.join(machines)}."


def environments() -> str:
    """How to make each environment of its own."""
    own = {library.example: library.pins for library in LIBRARIES if library.pins}
    lines = [f"pip install . {shlex.join(pins)}    # {example}.py" for example, pins in own.items()]
    return "\n".join(("```bash", *lines, "```"))
