"""Every wrong input is answered by one sentence that names the path and what was expected."""

import math
from pathlib import Path
from typing import Any

import pytest

from marl_routing.scenario import ScenarioError, compile_scenario, load_scenario
from tests.scenario.bases import plain

PHASE = {"rate_per_hour": 6, "mean_minutes": 30}
BURSTY = {"process": "bursty", "phases": [PHASE, PHASE]}
WRONG: list[tuple[str, Any, str]] = [
    ("time.horizn_steps", 3, "time.horizn_steps: unknown key, did you mean 'horizon_steps'?"),
    ("time.horizon_steps", 0, "time.horizon_steps: expected a number > 0, got 0"),
    ("time.step_minutes", math.inf, "time.step_minutes: expected a finite number, got inf"),
    ("time.warm_up_steps", 480, "time.warm_up_steps: expected fewer steps than horizon_steps"),
    ("time.start.weekday", "mon", "time.start.weekday: expected one of 'monday', 'tuesday'"),
    ("time.start.time", "9 am", "time.start.time: expected a time of day such as '09:00'"),
    ("time.business_hours.closes", "08:00", "closes: expected a time after 09:00, got 08:00"),
    ("time.business_hours.days", ["monday"] * 2, "days: expected each weekday at most once"),
    ("time", 4, "time: expected a section with keys, got 4"),
    ("categories", [], "categories: expected a list that is not empty, got []"),
    ("categories", ["a", "a"], "categories: expected different names, got 'a' twice"),
    ("name", "", "name: expected a text that is not empty, got ''"),
    ("name", None, "name: expected a text, got None"),
    ("name.first", "x", "name.first: no such key"),
    ("exact", "yes", "exact: expected true or false, got 'yes'"),
    ("arrivals.rate_per_hour", -3, "arrivals.rate_per_hour: expected a number >= 0, got -3"),
    ("arrivals.rate_per_hour", math.nan, "arrivals.rate_per_hour: expected a finite number"),
    ("arrivals.rate_per_hour", None, "arrivals.rate_per_hour: give either rate_per_hour or load"),
    ("arrivals.load", 0.5, "arrivals.rate_per_hour: give either rate_per_hour or load"),
    ("arrivals.process", "batch", "arrivals.process: expected one of poisson, weekly, bursty, ber"),
    ("arrivals", BURSTY | {"phases": [PHASE]}, "arrivals.phases: expected a list of at least 2, "),
    ("arrivals", BURSTY | {"phases": [PHASE] * 9}, "arrivals.phases: expected a list of at most 8"),
    ("arrivals", BURSTY | {"phases": []}, "arrivals.phases: expected a list of at least 2, got []"),
    (
        "arrivals",
        BURSTY | {"load": 0.5, "phases": [PHASE | {"rate_per_hour": 0}] * 2},
        "arrivals.phases: expected at least one rate above 0 to scale to the load",
    ),
    (
        "arrivals",
        BURSTY | {"phases": [PHASE, PHASE | {"mean_minutes": 0}]},
        "arrivals.phases.1.mean_minutes: expected a number > 0, got 0",
    ),
    (
        "arrivals",
        BURSTY | {"phases": [PHASE, PHASE | {"minutes": 5}]},
        "arrivals.phases.1.minutes: unknown key, did you mean 'mean_minutes'?",
    ),
    ("arrivals", BURSTY | {"rate_per_hour": 5}, "arrivals.rate_per_hour: unknown key"),
    ("arrivals.category_mix", [1], "arrivals.category_mix: expected a list of 2, one per category"),
    ("arrivals.category_mix", [0, 0], "arrivals.category_mix: expected at least one weight above"),
    ("arrivals.priority_mix", [[1, 1]], "arrivals.priority_mix: expected a list of 2, one per cat"),
    ("arrivals.priority_mix", [1, 1, 1], "arrivals.priority_mix: expected a list of 2, one per pr"),
    ("arrivals.priority_mix", [[1, 1], [0, 0]], "arrivals.priority_mix: expected at least one"),
    ("arrivals.initial_backlog", 2.5, "arrivals.initial_backlog: expected a whole number, got 2.5"),
    ("service.law", "weibull", "service.law: expected one of 'memoryless', 'deterministic'"),
    ("service.law", "gamma", "service.cv: is required with law gamma"),
    ("service.law", "empirical", "service.samples: is required with law empirical"),
    ("service.cv", 1.0, "service.cv: only for law lognormal or gamma, and law is memoryless"),
    ("service.mean_minutes", math.nan, "service.mean_minutes: expected a finite number, got nan"),
    ("service.mean_minutes", "ten", "service.mean_minutes: expected a number, got 'ten'"),
    ("service.mean_minutes", [1, 2, 3], "service.mean_minutes: expected a list of 2, one per"),
    ("service.mean_minutes", [1, 0], "service.mean_minutes.1: expected a number > 0, got 0"),
    ("service.minutes", [[1, 1]] * 3, "service.mean_minutes: give either mean_minutes or minutes"),
    (
        "service",
        {"minutes": [[1, 1]] * 3, "speed": {"at_0": 1}},
        "service.speed: minutes already gives each agent's speed",
    ),
    (
        "service",
        {"law": "empirical", "samples": [0, 0], "mean_minutes": 1},
        "service.samples: expected at least one sample above 0",
    ),
    ("service.minutes.0", [1, 1], "service.minutes: expected a list, got"),
    ("service.switch_minutes", 10**6, "service.switch_minutes: expected at most 30000 steps"),
    ("agents.count", 0, "agents.count: expected a number > 0, got 0"),
    ("agents.count", True, "agents.count: expected a whole number, got True"),
    ("agents.generator", None, "agents.generator: is required with count"),
    ("agents.team", [{"name": "Ada"}], "agents.count: give either count or team"),
    ("agents", {"team": []}, "agents.team: expected a list that is not empty, got []"),
    ("agents", {"team": [{"name": "Ada"}]}, "agents.team.0.expertise: is required"),
    ("agents", {"team": [{"expertise": [1, 1]}]}, "agents.team.0.name: is required"),
    ("agents.shift", 1, "agents.shift: unknown key"),
    ("queue.size", 0, "queue.size: expected a number > 0, got 0"),
    ("queue.size", 4, "queue.size: only for window oldest"),
    ("queue.max_open_tickets", 10**9, "queue.max_open_tickets: expected a number <= 100000"),
    ("sla.resolution_minutes", [5], "sla.resolution_minutes: expected a list of 2, one per prior"),
    ("sla.resolution_minutes", [5, 0], "sla.resolution_minutes.1: expected a number > 0, got 0"),
    ("patience", {}, "patience.mean_minutes_by_priority: give either"),
    (
        "patience.mean_minutes_by_category",
        [0.5, None],
        "patience.mean_minutes_by_category: expected means of at least a step (1 minutes), got 0.5",
    ),
    ("protocol.kind", "auction", "protocol.kind: expected one of accept, bid"),
    ("protocol.verbs", ["release"], "protocol.verbs: expected a section with keys, got"),
    ("reward.weights.wating", -1, "reward.weights.wating: unknown key, did you mean 'waiting'?"),
    ("reward.weights.waiting", [1], "reward.weights.waiting: expected a list of 2, one per cat"),
    ("reward.sharing", 1.5, "reward.sharing: expected a number <= 1, got 1.5"),
    ("customer", {}, "customer: unknown key, did you mean 'customers'?"),
    ("bid", {}, "bid: unknown key"),
]


@pytest.mark.parametrize(("path", "value", "sentence"), WRONG)
def test_a_wrong_value_is_named(path: str, value: Any, sentence: str) -> None:
    with pytest.raises(ScenarioError) as error:
        plain(**{path: value})
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_a_category_that_nobody_can_serve() -> None:
    team = {"team": [{"name": "Ada", "expertise": [1, 0]}]}
    nobody = "nobody can serve category 'billing'"
    with pytest.raises(ScenarioError, match=nobody):
        plain(agents=team, service__speed={"at_0": 0, "at_1": 1})
    no_arrivals = plain(
        agents=team, service__speed={"at_0": 0, "at_1": 1}, arrivals__category_mix=[1, 0]
    )
    assert no_arrivals.agents.names == ("Ada",)


def test_more_arrivals_than_a_table_can_hold() -> None:
    with pytest.raises(ScenarioError, match="expected at most 10000 tickets a step on average"):
        compile_scenario(plain(arrivals__rate_per_hour=1e12))


def test_a_missing_section() -> None:
    with pytest.raises(ScenarioError, match="arrivals: is required"):
        load_scenario({"name": "x"})
    with pytest.raises(ScenarioError, match="service: is required"):
        load_scenario({"name": "x", "arrivals": {"process": "poisson", "load": 0.5}})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name: [unclosed", "not valid yaml"),
        ("- a list", "a scenario is a mapping of sections, got list"),
        ("", "a scenario is a mapping of sections, got NoneType"),
        ("name: x\nname: y", "name: given twice, the second time in line 2"),
        ("name: 3", "name: expected a text, got 3"),
        ("name: x\ntime: {step_minutes: .nan}", "time.step_minutes: expected a finite number"),
        ("name: !!python/object/apply:os.getcwd []", "not valid yaml"),
    ],
)
def test_a_bad_file(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioError) as error:
        load_scenario(path)
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_bad_json_and_missing_files(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"name": ')
    with pytest.raises(ScenarioError, match="not valid json"):
        load_scenario(tmp_path / "bad.json")
    with pytest.raises(ScenarioError, match=r"scenario file not found: .*nowhere\.yaml"):
        load_scenario(str(tmp_path / "nowhere.yaml"))
    with pytest.raises(ScenarioError, match="scenario file not found"):
        load_scenario(tmp_path)


def test_unknown_names_get_a_suggestion() -> None:
    with pytest.raises(ScenarioError, match="did you mean 'saas_balanced'"):
        load_scenario("saas_balancd")
    with pytest.raises(ScenarioError, match="known are saas_balanced, saas_easy"):
        load_scenario("zzz")
    with pytest.raises(ScenarioError, match="expected the name of a scenario"):
        load_scenario(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_a_file_nested_thousands_deep(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"deep.{suffix}"
    path.write_text('{"name": ' + "[" * 3000 + "]" * 3000 + "}")
    with pytest.raises(ScenarioError, match="nested too deeply"):
        load_scenario(path)


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_a_key_given_twice(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"twice.{suffix}"
    path.write_text('{"time": {"step_minutes": 1, "step_minutes": 2}}')
    with pytest.raises(ScenarioError, match=r"^step_minutes: given twice"):
        load_scenario(path)


def test_a_file_without_a_suffix_is_yaml(tmp_path: Path) -> None:
    path = tmp_path / "desk"
    path.write_text("name: [one")
    with pytest.raises(ScenarioError, match="desk: not valid yaml: "):
        load_scenario(path)
