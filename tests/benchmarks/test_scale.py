"""The benchmark's large desk."""

import re
from pathlib import Path

import pytest

from benchmarks.scale import desk


@pytest.mark.parametrize("agents", [10, 1000])
def test_the_page_makes_the_desk_that_is_measured(root: Path, agents: int) -> None:
    page = (root / "docs" / "performance.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?def desk_of.*?\n\n\n)", page, re.DOTALL)
    assert found
    names: dict[str, object] = {}
    exec(found[1], names)
    desk_of = names["desk_of"]
    assert callable(desk_of)
    assert desk_of(agents) == desk(agents)
    assert desk(agents) != desk(agents, agents)
