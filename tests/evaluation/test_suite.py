"""The suite's table against the scenarios, and standings against numbers worked out by hand."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from marl_routing import core, policies, theory
from marl_routing.evaluation.gap.optimal_policy import Optimal, optimal_policy
from marl_routing.evaluation.suite import SUITE, Kept, Played, Standings, Task
from marl_routing.evaluation.suite import digest as digest_module
from marl_routing.evaluation.suite import kept as kept_module
from marl_routing.evaluation.suite.digest import digest_of
from marl_routing.evaluation.suite.kept import versions
from marl_routing.evaluation.suite.page import page_of, to_json
from marl_routing.evaluation.suite.playing import forget_dropped, turns
from marl_routing.evaluation.suite.tasks import SLOW, Budget
from marl_routing.policies import load_policy, optimised_index
from marl_routing.policies.indices import weights_for
from marl_routing.scenario import Scenario, compile_scenario, list_exact_desks, load_scenario
from marl_routing.scenario.registry import SHIPPED

ONE = Task("one", "small", "busy", "cooperative", "hard")
TWO = Task("two", "small", "busy", "cooperative", "hard")
REWARDS = {
    "one": {
        "random": [-10.0, -30.0],
        "c_mu": [-5.0, -7.0],
        "optimised_index": [-4.0, -6.0],
        "mine.Policy": [-20.0, -20.0],
    },
    "two": {"random": [-5.0, -5.0], "c_mu": [-3.0, -3.0], "mine.Policy": [-1.0, -3.0]},
}


def standings() -> Standings:
    results = {
        scenario: {policy: Played("", rewards, {}) for policy, rewards in rows.items()}
        for scenario, rows in REWARDS.items()
    }
    return Standings(Kept(2, results), (ONE, TWO))


def test_the_suite_is_broad() -> None:
    assert len(SUITE) >= 12
    assert {task.size for task in SUITE} == {"small", "medium", "large"}
    assert {task.regime for task in SUITE} == {"easy", "busy", "overloaded"}
    assert sum(task.motive == "mixed" for task in SUITE) >= 2
    assert len({task.page for task in SUITE}) == len(SUITE)
    assert all(task.hard.endswith(".") for task in SUITE)


@pytest.mark.parametrize("task", SUITE, ids=lambda task: task.page)
def test_the_table_agrees_with_the_scenario(task: Task) -> None:
    assert task.scenario in (*SHIPPED, *list_exact_desks())
    scenario = load_scenario(task.scenario)
    agents, sharing = len(scenario.agents.names), _sharing(scenario)
    assert task.size == ("small" if agents <= 4 else "medium" if agents <= 12 else "large")
    assert task.motive == ("mixed" if sharing == 0 else "cooperative")
    bids, talks = scenario.protocol.kind == "bid", scenario.customers is not None
    assert task.board == ("bidding" if bids else "talking" if talks else "routing")
    assert task.optimum is None or scenario.exact


def test_optima_are_those_of_the_solved_desks() -> None:
    solved = [task for task in SUITE if task.optimum is not None]
    assert len(solved) >= 2
    found = turns(Kept(2), (*solved, SUITE[3]))
    optimal = {turn.task: turn.policy for turn in found if turn.policy.name == "optimal"}
    assert list(optimal) == solved
    for task, policy in optimal.items():
        assert isinstance(policy, Optimal)
        assert task.optimum == pytest.approx(-policy.cost, rel=1e-5)


def _sharing(scenario: Scenario) -> float:
    return float(compile_scenario(scenario).rules.desk[0]["sharing"])


def test_scores_are_normalised() -> None:
    found = standings()
    assert found.scores(ONE, "random").mean() == 0
    assert found.scores(ONE, "optimised_index").mean() == 1
    np.testing.assert_allclose(found.scores(ONE, "c_mu"), [1.0, 13 / 15])
    np.testing.assert_allclose(found.scores(TWO, "c_mu"), 2 / 3)
    np.testing.assert_allclose(found.scores(TWO, "mine.Policy"), [4 / 3, 2 / 3])


def test_boards_rank_who_played_everything_first() -> None:
    whole, mine, chance, part = standings().board("routing")
    assert [whole.policy, mine.policy, chance.policy] == ["c_mu", "mine.Policy", "random"]
    assert (part.policy, part.scenarios, part.kind) == ("optimised_index", 1, "optimised")
    assert mine.kind == "submission"
    assert whole.score.mean == pytest.approx((2 / 3 + 13 / 15) / 2)  # the middle half of four
    assert whole.beats_next == 0.625  # two of four episodes, and half of an equal one
    assert math.isnan(chance.beats_next)  # the next was played on fewer scenarios
    assert standings().board("bidding") == []


def test_only_episodes_of_the_same_scenarios_are_compared() -> None:
    found = standings()
    del found.kept.results["two"]["mine.Policy"], found.kept.results["one"]["c_mu"]
    chance, two, one, mine = found.board("routing")
    assert (two.policy, two.scenarios) == ("c_mu", 1)  # of scenario two
    assert (one.policy, one.scenarios) == ("optimised_index", 1)  # of one: other tickets
    assert math.isnan(two.beats_next)
    assert one.beats_next == 1
    assert (chance.policy, mine.policy) == ("random", "mine.Policy")


def test_profiles_are_shares_of_episodes_above_a_score() -> None:
    profile = standings().profile("routing", (0.0, 0.7, 1.0), top=2)
    assert list(profile) == ["c_mu", "mine.Policy"]
    np.testing.assert_allclose(profile["c_mu"], [1.0, 0.5, 0.0])  # 1, 13/15, 2/3, 2/3


def test_few_episodes_are_corrected_for_how_hard_they_are() -> None:
    found = standings()
    found.kept.results["one"]["rollout"] = Played("", [-3.5], {})
    # the best of both episodes earned -4 in this one, -5 in both
    np.testing.assert_allclose(found.rewards(ONE, "rollout"), [-4.5])
    gap = found.gap(ONE)
    assert (gap.other, gap.reward) == ("rollout", -4.5)
    assert gap.percent.mean == pytest.approx(100 * 1.5 / 4.5)  # c_mu earned -5 in this one


def test_pages_say_how_few_episodes_there_are() -> None:
    assert "episodes)" not in page_of(standings())
    found = standings()
    found.kept.results["one"]["rollout"] = Played("", [-3.5], {})
    assert (found.few(ONE, "rollout"), found.few(ONE, "c_mu")) == (1, None)
    text = page_of(found)
    assert "2 episodes a policy" in text
    assert "`rollout`, too slow for all: 1 episodes on 1 scenarios" in text
    assert "`rollout` -4.5 (1 episodes) |" in text


def test_gaps_are_paired_and_in_per_cent_of_the_better() -> None:
    gap = standings().gap(ONE)
    assert (gap.rule, gap.other, gap.reward) == ("c_mu", "optimised_index", -5.0)
    assert gap.percent == pytest.approx((20, 20, 20))
    wide = standings().gap(TWO)
    assert (wide.rule, wide.other) == ("c_mu", "mine.Policy")
    assert wide.percent.mean == pytest.approx(50)
    assert wide.percent.low < 0


def test_the_page_and_the_data_say_the_same() -> None:
    text, data = page_of(standings()), to_json(standings())
    assert "| 1 | `c_mu` | rule | 2 |" in text
    assert "|  | `optimised_index` | optimised | 1 |" in text
    assert "on 2 scenarios 10 % or more,\nand on 1 the whole interval lies above 10 %" in text
    assert "| `c_mu` | 100% | 100% |" in text
    assert data["gaps"]["one"]["percent"]["mean"] == 20
    assert json.dumps(data, allow_nan=False)


def test_nothing_better_than_chance_is_refused() -> None:
    kept = Kept(1, {"one": {"random": Played("", [1.0], {}), "pass": Played("", [0.0], {})}})
    with pytest.raises(ValueError, match="on one none is better than random"):
        page_of(Standings(kept, (ONE,)))


def test_kept_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    kept, path = standings().kept, tmp_path / "board.json"
    path.write_text(kept.to_json())
    assert Kept.load(path, 2) == kept
    assert Kept.load(tmp_path / "none.json", 3) == Kept(3)
    with pytest.raises(ValueError, match=r"episodes: .* keeps 2 a policy; expected that number"):
        Kept.load(path, 3)
    path.write_text("[]")
    with pytest.raises(ValueError, match="expected kept results of the suite"):
        Kept.load(path, 2)


def test_results_of_other_versions_are_not_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "board.json"
    path.write_text(standings().kept.to_json())
    monkeypatch.setattr(kept_module, "versions", lambda: versions() | {"numpy": "9"})
    with pytest.raises(ValueError, match=r"of numpy \S+; expected numpy 9: delete it"):
        Kept.load(path, 2)


def test_digests_tell_apart_what_gives_other_episodes() -> None:
    desk, busier = load_scenario("small_desk"), load_scenario("small_desk", arrivals__load=0.9)
    rule = load_policy("threshold:help_beyond=2")
    digests = [
        digest_of(desk, rule, 4),
        digest_of(desk, rule, 5),
        digest_of(busier, rule, 4),
        digest_of(desk, load_policy("threshold:help_beyond=3"), 4),
    ]
    assert len(set(digests)) == 4
    assert digest_of(desk, load_policy("threshold:help_beyond=2"), 4) == digests[0]


def test_the_digest_of_a_look_ahead_sees_the_weights_of_its_base(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk, policy = (
        load_scenario("small_desk"),
        load_policy("rollout:base=best_skill+optimised_index"),
    )
    before, weights = digest_of(desk, policy, 4), weights_for(desk.name, desk.digest)
    other = {**weights, "age": weights["age"] + 0.1}
    monkeypatch.setattr(optimised_index, "weights_for", lambda *_: other)
    assert digest_of(desk, load_policy(policy.name), 4) != before  # a policy reads them once


@pytest.mark.parametrize(
    ("name", "part"),
    [("c_mu", core), ("rollout", core), ("rollout", policies), ("optimal", theory)],
)
def test_digests_see_the_source(name: str, part: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = load_scenario("exact/v_desk")
    policy = optimal_policy(desk) if name == "optimal" else load_policy(name)
    before, source = digest_of(desk, policy, 4), digest_module._package
    monkeypatch.setattr(
        digest_module, "_package", lambda package: source(package) + "#" * (package is part)
    )
    assert digest_of(desk, policy, 4) != before


def test_slow_policies_play_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SLOW, "pass", Budget(3, ("small_desk", "saas_easy")))
    found = turns(Kept(5), SUITE[:5], ["pass"])
    slow = [(t.task.scenario, t.episodes) for t in found if t.policy.name == "pass"]
    assert slow == [("small_desk", 3), ("saas_easy", 3)]
    assert {t.episodes for t in found if t.policy.name == "random"} == {5}
    assert all({*budget.scenarios} <= {t.scenario for t in SUITE} for budget in SLOW.values())


def test_policies_are_played_where_they_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    found = turns(Kept(2), SUITE, ["truthful", "fixed", "c_mu"])
    played = {(turn.policy.name, turn.task.board) for turn in found}
    assert {board for policy, board in played if policy == "truthful"} == {"bidding"}
    assert {board for policy, board in played if policy == "fixed"} == {"talking"}
    assert sum(turn.policy.name == "c_mu" for turn in found) == len(SUITE)
    assert sum(turn.policy.name == "random" for turn in found) == len(SUITE)  # always
    with pytest.raises(ValueError, match=r"truthful fits none .*: .*only where agents bid"):
        turns(Kept(2), SUITE[:1], ["truthful"])
    with pytest.raises(ValueError, match=r"fixed fits none .*: .*only where agents talk"):
        turns(Kept(2), SUITE[:1], submissions=["fixed"])
    with pytest.raises(ValueError, match=r"rollout fits none .*: too slow"):
        turns(Kept(2), SUITE[3:4], ["rollout"])
    untuned = "rollout:base=optimised_index:steps=20"
    monkeypatch.setitem(SLOW, "rollout", Budget(1, ("auction_desk",)))
    with pytest.raises(ValueError, match=f"{untuned} fits none of the scenarios: "):
        turns(Kept(2), [t for t in SUITE if t.page == "auction_desk"], [untuned])


def test_what_fits_no_more_is_dropped() -> None:
    kept = Kept(2, {"small_desk": {name: Played("", [], {}) for name in ("truthful", "c_mu")}})
    found = turns(kept, [task for task in SUITE if task.scenario == "small_desk"])
    assert {*kept.results["small_desk"]} == {"c_mu"}
    assert {"c_mu", "random", "rollout:base=optimised_index"} <= {t.policy.name for t in found}


def test_what_is_shipped_no_more_is_dropped() -> None:
    kept = standings().kept
    kept.results["one"] |= {name: Played("", [], {}) for name in ("gone:a=1", "optimal")}
    forget_dropped(kept)
    assert {*kept.results["one"]} == {*REWARDS["one"], "optimal"}
