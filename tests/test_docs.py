"""The pages under docs/: up to date with the code, and reachable. (test_readme.py runs them.)"""

from pathlib import Path

import pytest

from docs.generate import TABLES, pages


@pytest.fixture(scope="module")
def up_to_date() -> dict[Path, str]:
    return pages()  # not at import: it plays episodes


def test_generated_tables_are_up_to_date(up_to_date: dict[Path, str]) -> None:
    for page, text in up_to_date.items():
        assert page.read_text(encoding="utf-8") == text, f"{page}: run python -m docs.generate"


def test_every_table_stands_somewhere(up_to_date: dict[Path, str]) -> None:
    texts = "".join(up_to_date.values())
    assert [name for name in TABLES if f"<!-- generated: {name} -->" not in texts] == []


def test_the_index_leads_to_every_page(root: Path) -> None:
    index = (root / "docs" / "index.md").read_text()
    names = {page.name for page in (root / "docs").glob("*.md")} - {"index.md"}
    assert {name for name in names if f"]({name})" not in index} == set()


def test_the_readme_leads_to_the_index(root: Path) -> None:
    assert "](docs/index.md)" in (root / "README.md").read_text()
