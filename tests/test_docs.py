"""The pages under docs/: up to date with the code, and reachable. (test_readme.py runs them.)"""

from pathlib import Path

import pytest

from docs.generate import TABLES, pages

UP_TO_DATE = pages()


@pytest.mark.parametrize("page", UP_TO_DATE, ids=lambda page: page.name)
def test_generated_tables_are_up_to_date(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == UP_TO_DATE[page], "run python -m docs.generate"


def test_every_table_stands_somewhere() -> None:
    texts = "".join(UP_TO_DATE.values())
    assert [name for name in TABLES if f"<!-- generated: {name} -->" not in texts] == []


def test_the_index_leads_to_every_page(root: Path) -> None:
    index = (root / "docs" / "index.md").read_text()
    names = {page.name for page in (root / "docs").glob("*.md")} - {"index.md"}
    assert {name for name in names if f"]({name})" not in index} == set()


def test_the_readme_leads_to_the_index(root: Path) -> None:
    assert "](docs/index.md)" in (root / "README.md").read_text()
