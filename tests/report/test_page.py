"""The page: valid, whole, safe and the same every time."""

import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from marl_routing import Scenario, load_scenario
from marl_routing.evaluation import Comparison, compare, load_policies
from marl_routing.evaluation.figures import in_short
from marl_routing.evaluation.learning_curve import LearningCurve
from marl_routing.evaluation.recording import Recording, record
from marl_routing.policies import Policy
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.report import Material, report_page
from marl_routing.report.plots import all_plots
from marl_routing.report.plots.learning import best_rule, learning, save_curve
from marl_routing.report.plots.terms import contributions
from tests.report.reader import Page

NAMES = ["random", "fcfs_longest_idle", "best_skill", "threshold:help_beyond=2", "c_mu", "pass"]
EVIL = '<script>alert("&$x_1$")</script>'


def material(desk: Scenario, rules: list[Policy], evaluated: str | None = None) -> Material:
    result = compare(desk, rules, episodes=3)
    return Material(desk, result, {rule.name: record(desk, rule, 2) for rule in rules}, evaluated)


@pytest.fixture(scope="module")
def small() -> tuple[Material, str]:
    desk = load_scenario("small_desk")
    rules = load_policies(NAMES, desk)
    found = material(desk, rules)  # type: ignore[arg-type]
    return found, report_page(found, rules, "marl-routing compare small_desk")


def check(html: str) -> Page:
    """What holds for every page."""
    assert html.startswith("<!doctype html>")
    page = Page(html)
    assert len(page.ids) == len(set(page.ids))
    assert {name for name in page.references if name} <= set(page.ids)
    assert page.tags.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "base"})
    for outside in ("http", "//", "@import", "<style src", "data:"):
        assert outside not in html, outside
    levels = [level for level, _ in page.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert "nan" not in page.text.split()
    return page


def test_a_page_is_valid_and_needs_nothing_else(small: tuple[Material, str]) -> None:
    page = check(small[1])
    assert all(f"var(--{name})" in small[1] for name in ("ink", "muted", "line", "s1", "s5"))
    assert "#0a0b" not in small[1]  # the numbers that stood for colours
    assert "prefers-color-scheme: dark" in small[1]
    assert "@media print" in small[1]
    assert "marl-routing compare small_desk" in page.text


def test_it_tells_what_was_found_and_of_whom(small: tuple[Material, str]) -> None:
    found, html = small
    page = check(html)
    assert found.result.headline() in page.text
    assert "served customers best" in page.headings[0][1]
    for name in NAMES:
        assert name in page.text
    share = 100 * found.result.interval(found.focus, "sla_resolution").mean
    assert f"{share:.1f}\xa0% of tickets were resolved on time" in page.text
    assert "with fcfs_longest_idle it was" in page.text
    assert "3 simulated episodes of 4 hours" in page.text


def test_every_plot_is_there_in_words_and_numbers_too(small: tuple[Material, str]) -> None:
    found, html = small
    page, plots = check(html), all_plots(found)
    assert [plot.key for plot in plots] == ["targets", "waits", "backlog", "load", "terms"]
    assert [label.split(".")[0] for label in page.drawings] == [plot.title for plot in plots]
    for plot, label in zip(plots, page.drawings, strict=True):
        assert plot.says in label
        assert found.focus in plot.says
        assert len({len(row) for row in [plot.table.columns, *plot.table.rows]}) == 1
        assert len(plot.table.rows) >= 2
        for row in plot.table.rows:
            assert all(cell in page.text for cell in row)


def test_how_a_policy_learned_is_shown_where_it_is_known(small: tuple[Material, str]) -> None:
    steps = np.array([10.0, 20.0, 30.0])
    curve = LearningCurve(steps, -steps, steps[1:2], np.array([-12.5]))
    found = replace(small[0], curve=curve)
    (plot,) = [plot for plot in all_plots(found) if plot.key == "learning"]
    best = best_rule(found.result, found.focus)
    assert best is not None
    rule, level = best
    assert rule == found.result.ranking[1]
    assert in_short(abs(level)) in plot.says
    assert ("20", "\N{MINUS SIGN}20", "\N{MINUS SIGN}12.5") in plot.table.rows
    assert "How it learned" in check(report_page(found, [])).text


def test_nothing_is_drawn_where_no_rule_was_finished(
    small: tuple[Material, str], tmp_path: Path
) -> None:
    found = small[0]
    alone = {found.focus: found.result.samples[found.focus]}
    result = replace(found.result, samples=alone)
    (tmp_path / "figures.csv").write_text("agent_steps,reward_per_step\n5,-3.5\n")
    curve = LearningCurve.of(tmp_path)
    assert learning(replace(found, result=result, curve=curve)) is None
    save_curve(tmp_path, result, found.focus)
    assert [path.name for path in tmp_path.iterdir()] == ["figures.csv"]


def test_twice_is_the_same_byte_for_byte(small: tuple[Material, str]) -> None:
    found, html = small
    rules = load_policies(NAMES, found.scenario)
    again = material(found.scenario, rules)  # type: ignore[arg-type]
    assert report_page(again, rules, "marl-routing compare small_desk") == html


def test_the_pieces_of_a_score_add_up_to_it(small: tuple[Material, str]) -> None:
    found, _ = small
    for policy in NAMES:
        parts = contributions(found, policy)
        assert set(parts) == {"waiting", "sla_breach", "abandoned", "dropped"}
        assert sum(parts.values()) == pytest.approx(found.result.interval(policy).mean)
        open_tickets = found.result.interval(policy, "term_waiting").mean
        assert parts["waiting"] == pytest.approx(-open_tickets, abs=0.01)  # the weight is -1


def test_names_cannot_smuggle_anything_in() -> None:
    class Evil(CompiledPolicy):
        """<script>document</script>."""

        matcher = load_policies(["c_mu"], load_scenario("small_desk"))[0].matcher  # type: ignore[union-attr]
        name = f"_{EVIL}"

    desk = load_scenario(
        "small_desk", name=EVIL, description=EVIL, priorities=[f"a{EVIL}", "$x_1$"]
    )
    rules: list[Policy] = [Evil(), *load_policies(["random"], desk)]  # type: ignore[list-item]
    html = report_page(material(desk, rules, Evil.name), rules, EVIL)
    assert ">$x_1$</text>" in html  # no formula
    page = check(html)
    assert page.text.count(EVIL) > 10
    assert "<script>document</script>." in page.text


def test_one_policy_and_one_episode_are_enough() -> None:
    desk = load_scenario("small_desk")
    rules = load_policies(["pass"], desk)
    result = compare(desk, rules, episodes=1)
    found = Material(desk, result, {"pass": record(desk, rules[0], 1)})
    page = check(report_page(found, rules))
    assert "With pass no ticket was resolved." in page.text
    assert [plot.key for plot in all_plots(found)] == ["targets", "backlog", "load", "terms"]


def test_where_agents_talk_satisfaction_leads() -> None:
    desk, samples = load_scenario("support_bfsi"), {}
    for shift, policy in enumerate(("calm_then_solve", "fixed")):
        values = np.array([0.8, 0.7, 0.75]) - 0.2 * shift
        kpis = ("csat", "success_rate", "sla_resolution", "load_gini", "term_satisfaction")
        kpis += tuple(f"by_tier.{tier}.csat" for tier in ("basic", "premium", "vip"))
        kpis += tuple(f"by_priority.{name}.sla_resolution" for name in desk.priorities)
        rest = ("wait_to_start_minutes", "resolution_minutes_mean", "backlog_mean", "unfinished")
        zero = dict.fromkeys(_terms(), np.zeros(3))
        samples[policy] = zero | dict.fromkeys((*kpis, *rest, "reward"), values)
    recording = Recording(
        np.array([0, 480]), np.ones((2, 2), np.int32), 4, np.array([2, 1, 0]), np.ones((2, 10))
    )
    result = Comparison(desk.name, 0, 3, samples)
    found = Material(desk, result, dict.fromkeys(samples, recording))
    page = check(report_page(found, load_policies(list(samples), desk)))
    assert all_plots(found)[0].key == "tiers"
    assert "customers' satisfaction was 75.0\xa0%" in page.text


def _terms() -> list[str]:
    from marl_routing.core.terms import TERMS

    return [f"term_{term}" for term in TERMS] + [
        "wait_to_start_minutes", "sla_first_response", "resolution_minutes_p95", "abandonment",
        "drop_rate", "term_payment", "occupancy",
    ]  # fmt: skip


@pytest.mark.parametrize("library", ["jinja2", "matplotlib"])
def test_without_the_extra_one_sentence_names_it(
    library: str, small: tuple[Material, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ValueError, match=rf"{library}: pip install 'marl-routing\[report\]'"):
        report_page(small[0], [])
