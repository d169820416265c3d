"""Mixes, loads and replayed tickets."""

from pathlib import Path

import numpy as np
import pytest

from marl_routing.core import parameters
from marl_routing.scenario import ScenarioError, compile_scenario, load_scenario
from marl_routing.scenario.demand import category_mix, expected_arrivals, priority_mix
from tests.scenario.bases import PLAIN, listed, plain

TRACE = [
    {"time_minutes": 2.5, "category": "billing", "priority": "low"},
    {"time_minutes": 0, "category": "technical", "priority": "high", "work_minutes": 4},
    {"time_minutes": 2.1, "category": "billing", "priority": "high"},
    {"time_minutes": 9000, "category": "billing", "priority": "low"},
]


def traced(**changes: object) -> dict[str, object]:
    arrivals = {"process": "trace", "trace": TRACE, **changes}
    return PLAIN | {"arrivals": arrivals, "service": {"law": "deterministic", "mean_minutes": 10}}


def test_load_is_a_share_of_capacity() -> None:
    desk = listed([1, 1], [1, 1], arrivals={"process": "poisson", "load": 0.75})
    compiled = compile_scenario(desk)
    assert compiled.capacity_per_hour == pytest.approx(12)
    expected = expected_arrivals(desk, compiled.capacity_per_hour)
    np.testing.assert_allclose(expected, 0.75 * 12 / 60)
    cdf = compiled.rules.arrival_cdf[0]
    assert np.diff(np.concatenate([[0], cdf])) @ np.arange(len(cdf)) == pytest.approx(0.15)


def test_load_scales_a_weekly_profile() -> None:
    profile = [1.0] * 84 + [3.0] * 84
    desk = listed([1, 1], arrivals={"process": "weekly", "hourly_rates": profile, "load": 0.5})
    expected = expected_arrivals(desk, 6.0)
    np.testing.assert_allclose(expected, 0.5 * 6 / 2 / 60)  # Monday: the quiet half
    flat = listed([1, 1], arrivals={"process": "weekly", "hourly_rates": profile})
    np.testing.assert_allclose(expected_arrivals(flat, 6.0), 1 / 60)
    with pytest.raises(ScenarioError, match="expected 168 numbers, one per hour of the week"):
        plain(arrivals={"process": "weekly", "hourly_rates": [1.0] * 24})
    with pytest.raises(ScenarioError, match="at least one rate above 0"):
        plain(arrivals={"process": "weekly", "hourly_rates": [0] * 168, "load": 1})


def test_weekly_rates_become_rows() -> None:
    desk = load_scenario("overload_monday")
    compiled = compile_scenario(desk)
    row = compiled.rules.calendar[:, 0]
    cdf = compiled.rules.arrival_cdf
    means = np.diff(cdf, axis=1, prepend=0) @ np.arange(cdf.shape[1])
    rates = means[row] * 60 / desk.time.step_minutes
    assert rates[1 + 20 * 9] == pytest.approx(38)  # the step that begins at 09:00
    assert rates[20 * 9] == pytest.approx(30)
    assert rates.max() > compiled.capacity_per_hour


PHASES = [
    {"rate_per_hour": 10, "mean_minutes": 10},
    {"rate_per_hour": 0, "mean_minutes": 25},
    {"rate_per_hour": 2, "mean_minutes": 5},
]


def test_load_scales_bursty_rates() -> None:
    bursty = {"process": "bursty", "phases": PHASES, "load": 0.5}
    desk = listed([1, 1], arrivals=bursty, time__step_minutes=2)
    compiled = compile_scenario(desk)
    cdf, rules = compiled.rules.arrival_cdf, compiled.rules.desk[0]
    means = np.diff(cdf, axis=1, prepend=0) @ np.arange(cdf.shape[1])
    assert means @ [0.25, 0.625, 0.125] == pytest.approx(0.5 * 6 / 60 * 2)
    np.testing.assert_allclose(means / means[0], [1, 0, 0.2])
    np.testing.assert_allclose(rules["phase_cdf"][:3], [0.25, 0.875, 1])
    np.testing.assert_allclose(rules["leave_phase"][:3], [0.2, 0.08, 0.4])
    assert (rules["arrival_process"], rules["num_phases"]) == (parameters.BURSTY, 3)


def test_bursty_rates_without_load_are_tickets_an_hour() -> None:
    desk = plain(arrivals={"process": "bursty", "phases": PHASES})
    cdf = compile_scenario(desk).rules.arrival_cdf
    means = np.diff(cdf, axis=1, prepend=0) @ np.arange(cdf.shape[1])
    np.testing.assert_allclose(means * 60, [10, 0, 2])


def test_bernoulli() -> None:
    desk = plain(arrivals={"process": "bernoulli", "probabilities": [0.1, 0.3]})
    rules = compile_scenario(desk).rules.desk[0]
    assert rules["arrival_process"] == parameters.BERNOULLI
    np.testing.assert_allclose(rules["bernoulli"], [0.1, 0.3])
    np.testing.assert_allclose(rules["category_cdf"], [0.25, 1])
    with pytest.raises(ScenarioError, match=r"probabilities\.0: expected a number <= 1"):
        plain(arrivals={"process": "bernoulli", "probabilities": [1.1, 0.3]})
    with pytest.raises(ScenarioError, match="probabilities: expected a list of 2"):
        plain(arrivals={"process": "bernoulli", "probabilities": [0.3]})


def test_mixes() -> None:
    desk = plain(arrivals__category_mix=[1, 3], arrivals__priority_mix=[[1, 1], [0, 5]])
    rules = compile_scenario(desk).rules.desk[0]
    np.testing.assert_allclose(category_mix(desk), [0.25, 0.75])
    np.testing.assert_allclose(rules["priority_cdf"], [[0.5, 1], [0, 1]])
    np.testing.assert_allclose(priority_mix(plain()), 1)


def test_trace_rows_come_in_order_and_within_the_horizon() -> None:
    compiled = compile_scenario(load_scenario(traced()))
    assert compiled.rules.desk[0]["arrival_process"] == parameters.TRACE
    expected = [[0, 0, 0, 4], [3, 1, 0, np.nan], [3, 1, 1, np.nan]]
    np.testing.assert_array_equal(compiled.rules.trace, expected)
    np.testing.assert_allclose(compiled.rules.desk[0]["category_cdf"], [0.25, 1])


def test_trace_errors() -> None:
    wrong = {"time_minutes": 1, "category": "sales", "priority": "low"}
    with pytest.raises(
        ScenarioError, match=r"arrivals.trace.0.category: expected one of technical"
    ):
        load_scenario(traced(trace=[wrong]))
    with pytest.raises(
        ScenarioError, match=r"arrivals.trace.0.time_minutes: expected a number >= 0"
    ):
        load_scenario(traced(trace=[wrong | {"time_minutes": -1}]))
    with pytest.raises(ScenarioError, match=r"arrivals.trace: expected a list that is not empty"):
        load_scenario(traced(trace=[]))
    with pytest.raises(ScenarioError, match=r"trace.1.work_minutes: memoryless service draws no"):
        load_scenario(traced() | {"service": {"mean_minutes": 10}})


def test_trace_file_lies_beside_its_scenario(tmp_path: Path) -> None:
    scenario = load_scenario(traced())
    (tmp_path / "tickets.csv").write_text(
        "category,time_minutes,priority,work_minutes,note\n"
        "billing,2.5,low,,x\ntechnical,0,high,4,x\nbilling,2.1,high,,x\nbilling,9000,low,,x\n"
    )
    text = load_scenario(traced(trace=TRACE[:1])).to_yaml()
    before, _, after = text.partition("  trace:\n")
    rest = after[after.index("  initial_backlog") :]
    path = tmp_path / "replay.yaml"
    path.write_text(f"{before}  trace: tickets.csv\n{rest}")
    assert load_scenario(path) == scenario
    (tmp_path / "copy.yaml").write_text(scenario.to_yaml())
    assert load_scenario(tmp_path / "copy.yaml") == scenario


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "time_minutes,category\n1,billing\n",
            r"has no column priority \(found: time_minutes, cat",
        ),
        ("time_minutes,category,priority\nsoon,billing,low\n", "expected a number, got 'soon'"),
        ("time_minutes,category,priority\n,billing,low\n", "trace.0.time_minutes: is required"),
        ("time_minutes,category,priority\n1,billing\n", "trace.0.priority: expected a text"),
        ("", "has no column time_minutes"),
    ],
)
def test_trace_file_errors(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "tickets.csv").write_text(text)
    path = tmp_path / "x.yaml"
    path.write_text("arrivals: {process: trace, trace: tickets.csv}\nname: x\n" + REST)
    with pytest.raises(ScenarioError, match=sentence):
        load_scenario(path)
    (tmp_path / "tickets.csv").unlink()
    with pytest.raises(ScenarioError, match=r"arrivals\.trace: file not found"):
        load_scenario(path)


REST = "service: {mean_minutes: 9}\nagents: {count: 2, generator: uniform}\n"
