"""What the pages show runs: every Python block in order of its page, and README's command lines."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from marl_routing import ENV_ID, SUPPORT_ID, TRIAGE_ID
from marl_routing.cli import app
from marl_routing.policies import list_policies
from marl_routing.scenario.registry import SHIPPED
from tests.calibration import logs

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FOR_DEVELOPERS = {"test", "docs", "dev", "all"}


class Block(NamedTuple):
    """A fenced block of a page."""

    language: str
    code: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text()
    for match in FENCE.finditer(text):
        yield Block(match[1], match[2], text[: match.start(2)].count("\n"))


def commands() -> list[str]:
    """README's `marl-routing` lines, without comments."""
    lines = (line for block in blocks(PAGES[0]) for line in block.code.splitlines())
    return [line.split("#")[0].strip() for line in lines if line.startswith("marl-routing ")]


WITH_PYTHON = [p for p in PAGES if any(block.language == "python" for block in blocks(p))]


@pytest.mark.parametrize("page", WITH_PYTHON, ids=lambda page: page.name)
def test_python_blocks_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__page__"}
    for block in blocks(page):
        if block.language == "python":
            padding = "\n" * block.line  # a traceback then names the page's own line
            exec(compile(padding + block.code, str(page), "exec"), names)


def test_command_lines_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    logs.servicenow(Path("incidents.csv.gz"), logs.make_tickets(weeks=4))
    for command in commands():
        few = re.sub(r"--episodes \d+", "--episodes 2", command)
        result = CliRunner().invoke(app, shlex.split(few)[1:], catch_exceptions=False)
        assert result.exit_code == 0, f"{few}: {result.output}"


def test_make_targets_exist() -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", PAGES[0].read_text(), re.MULTILINE))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"demo", "test"} <= named <= targets


def test_readme_names_every_scenario_and_policy() -> None:
    named = set(re.findall(r"`(\w+)`", PAGES[0].read_text()))
    assert {*SHIPPED, *list_policies(bidding=True, talking=True, searching=True)} <= named


def test_readme_names_every_view_and_extra() -> None:
    text, project = PAGES[0].read_text(), tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert [view for view in (ENV_ID, TRIAGE_ID, SUPPORT_ID) if f'"{view}"' not in text] == []
    extras = set(project["project"]["optional-dependencies"]) - FOR_DEVELOPERS
    assert [extra for extra in extras if f"'.[{extra}]'" not in text] == []


def test_relative_links_lead_somewhere() -> None:
    for page in PAGES:
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
