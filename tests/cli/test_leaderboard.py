"""`marl-routing leaderboard`, on two tiny scenarios of the suite."""

import json
from pathlib import Path
from typing import Any

import pytest

from marl_routing.evaluation import rollout
from marl_routing.evaluation.suite import playing
from tests.cli.calls import invoke, refused

SMALL = ["--scenarios", "small_desk,exact/x_desk", "--policies", "c_mu,pass", "--episodes", "3"]
MINE = """
from marl_routing.policies import load_policy


class Mine:
    name = "mine"

    def __init__(self, help_beyond: int = 2) -> None:
        self.rule = load_policy(f"threshold:help_beyond={help_beyond}")

    def reset(self, seed):
        self.rule.reset(seed)

    def act(self, view, masks):
        return self.rule.act(view, masks)
"""


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with its results beside it."""
    page = tmp_path_factory.mktemp("board") / "board.md"
    assert invoke("leaderboard", *SMALL, "--out", str(page)).exit_code == 0
    return page


def results_of(page: Path) -> dict[str, Any]:
    results: dict[str, Any] = json.loads(page.with_suffix(".json").read_text())["results"]
    return results


def played(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is played from now on."""
    found: list[tuple[str, str]] = []

    def told(scenario: Any, policy: Any, *arguments: Any, **options: Any) -> Any:
        found.append((scenario.name, policy.name))
        return rollout(scenario, policy, *arguments, **options)

    monkeypatch.setattr(playing, "rollout", told)
    return found


def test_the_page_ranks_and_the_results_are_kept(board: Path) -> None:
    text = board.read_text()
    assert "| 1 | `c_mu` | rule | 2 |" in text
    assert "test seeds 0 to 2" in text
    assert "| `random` | 0.00 | 0.00 |" in text
    assert "**1.00**" in text
    assert {*results_of(board)} == {"small_desk", "exact/x_desk"}
    assert len(results_of(board)["small_desk"]["c_mu"]["rewards"]) == 3


def test_a_second_run_plays_nothing_and_a_fresh_one_writes_the_same(
    board: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "board.md"
    kept = board.with_suffix(".json").read_bytes()
    page.with_suffix(".json").write_bytes(kept)
    found = played(monkeypatch)
    for plays in (0, 6):
        assert invoke("leaderboard", *SMALL, "--out", str(page)).exit_code == 0
        assert len(found) == plays
        assert page.read_bytes() == board.read_bytes()
        assert page.with_suffix(".json").read_bytes() == kept
        page.with_suffix(".json").unlink()


def test_an_interrupted_run_goes_on_where_it_was(
    board: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "board.md"

    def interrupted(scenario: Any, policy: Any, *arguments: Any, **options: Any) -> Any:
        if (scenario.name, policy.name) == ("x_desk", "c_mu"):
            raise KeyboardInterrupt
        return rollout(scenario, policy, *arguments, **options)

    monkeypatch.setattr(playing, "rollout", interrupted)
    stopped = invoke("leaderboard", *SMALL, "--out", str(page))
    assert stopped.exit_code == 130
    assert "run it again to go on" in " ".join(stopped.stderr.split())
    assert not page.exists()
    monkeypatch.setattr(playing, "rollout", rollout)
    found = played(monkeypatch)
    assert invoke("leaderboard", *SMALL, "--out", str(page)).exit_code == 0
    assert found == [("x_desk", "c_mu"), ("x_desk", "pass")]
    assert page.read_bytes() == board.read_bytes()


def test_a_submission_is_played_anew_when_its_text_changes(
    board: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    module, page = tmp_path / "my_submission.py", tmp_path / "board.md"
    module.write_text(MINE)
    page.with_suffix(".json").write_bytes(board.with_suffix(".json").read_bytes())
    submit = ["--scenarios", "small_desk", "--submit", "my_submission.Mine:help_beyond=1"]
    command = ["leaderboard", *SMALL, *submit, "--out", str(page), "--json"]
    found = played(monkeypatch)
    data = json.loads(invoke(*command).stdout)
    assert found == [("small_desk", "my_submission.Mine:help_beyond=1")]
    assert data["best"]["small_desk"] == "my_submission.Mine:help_beyond=1"
    assert data["boards"]["routing"][-1]["kind"] == "submission"
    assert "| submission | 1 |" in page.read_text()
    module.write_text(MINE + "# another text\n")
    invoke(*command)
    assert len(found) == 2


def test_a_fresh_run_forgets_what_is_kept(
    board: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "board.md"
    page.with_suffix(".json").write_text("of other versions")
    found = played(monkeypatch)
    assert invoke("leaderboard", *SMALL, "--out", str(page), "--fresh").exit_code == 0
    assert len(found) == 6
    assert page.with_suffix(".json").read_bytes() == board.with_suffix(".json").read_bytes()


def test_both_names_of_an_exact_desk_are_known(board: Path) -> None:
    both = ["--scenarios", "x_desk,exact/x_desk,small_desk", *SMALL[2:], "--out", str(board)]
    assert invoke("leaderboard", *both, "--json").exit_code == 0
    assert {*results_of(board)} == {"small_desk", "exact/x_desk"}


def test_what_cannot_be_written_is_refused_before_the_work(
    board: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, kept = played(monkeypatch), board.with_suffix(".json")
    before = kept.read_bytes()
    for path, sentence in {
        kept: "keeps the results",
        tmp_path: "is a folder",
        board / "page.md": f"{board.name} is a file",
        board / "deep" / "page.md": f"{board.name} is a file",
    }.items():
        assert sentence in refused("leaderboard", *SMALL, "--fresh", "--out", str(path))
    assert found == []
    assert kept.read_bytes() == before


def test_bad_input_is_refused(board: Path) -> None:
    here = ["--out", str(board), "--episodes"]
    assert "not 'no_desk'" in refused("leaderboard", "--scenarios", "no_desk", *here, "3")
    assert "scenarios: expected names" in refused("leaderboard", "--scenarios", " ", *here, "3")
    assert "policies: expected names" in refused("leaderboard", "--policies", ",", *here, "3")
    misfit = ["--scenarios", "small_desk", "--submit", "truthful", *here]
    assert "truthful fits none of the scenarios: " in refused("leaderboard", *misfit, "3")
    assert "no policy is called 'best'" in refused("leaderboard", "--policies", "best", *here, "3")
    assert "keeps 3 a policy" in refused("leaderboard", *here, "4")
    alone = [*SMALL[:2], "--policies", "pass", "--episodes", "2"]
    beside = ["--out", str(board.with_name("other.md"))]
    assert "none is better than random" in refused("leaderboard", *alone, *beside)
