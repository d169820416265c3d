"""Scenarios by name, by path, by mapping; what is shipped, what is registered, what is written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marl_routing.scenario import (
    Scenario,
    ScenarioError,
    compile_scenario,
    list_exact_desks,
    list_scenarios,
    load_scenario,
    register_scenario,
    registry,
)
from tests.scenario.bases import PLAIN, plain


def test_the_folder_holds_exactly_the_shipped_scenarios() -> None:
    files = {path.stem for path in registry.configs_folder().glob("*.yaml")}
    assert files == set(registry.SHIPPED)


def test_exact_desks_are_loaded_by_name_and_not_listed_with_the_others() -> None:
    for name in list_exact_desks():
        scenario = load_scenario(name)
        assert f"exact/{scenario.name}" == name
        assert scenario.description
        assert scenario.exact
    assert {"exact/v_desk", "exact/x_desk"} <= set(list_exact_desks())
    assert not {*list_exact_desks()} & {*list_scenarios()}


def test_the_example_of_the_folders_page(tmp_path: Path) -> None:
    page = (registry.configs_folder() / "README.md").read_text()
    path = tmp_path / "example.yaml"
    path.write_text(page.split("```yaml")[1].split("```")[0])
    compile_scenario(load_scenario(path))
    assert all(f"| `{name}` |" in page for name in registry.SHIPPED)


@pytest.mark.parametrize("name", registry.SHIPPED)
def test_shipped_scenarios(name: str, tmp_path: Path) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.description
    for suffix, text in (("yaml", scenario.to_yaml()), ("json", json.dumps(scenario.to_dict()))):
        path = tmp_path / f"copy.{suffix}"
        path.write_text(text)
        copy = load_scenario(path)
        assert copy == scenario
        assert copy.to_yaml() == scenario.to_yaml()
        assert compile_scenario(copy) is compile_scenario(scenario)


def test_ten_agent_desks_share_compiled_code() -> None:
    sizes = [compile_scenario(load_scenario(name)).sizes for name in registry.SHIPPED]
    ten = [s for s in sizes if s.agents == 10 and not s.bidding and not s.dynamic]
    assert len(ten) >= 6
    assert len(set(ten)) == 1
    assert len({s for s in sizes if s.agents == 10 and s.talks}) == 1


@pytest.mark.parametrize("name", ["incident_storm", "everything_on"])
def test_dynamics_change_no_other_sizes(name: str) -> None:
    """So that their speed can be compared with that of the default."""
    scenario = load_scenario(name)
    desk = compile_scenario(scenario).sizes
    default = compile_scenario(load_scenario("saas_balanced")).sizes
    same = ["agents", "categories", "priorities", "slots", "capacity", "bins", "lists"]
    assert [getattr(desk, key) for key in same] == [getattr(default, key) for key in same]
    assert desk.tickets == default.tickets * (2 if scenario.reopens else 1)


def test_everything_is_on() -> None:
    desk = load_scenario("everything_on")
    assert desk.incidents is not None
    assert list(desk.verbs.used) == list(type(desk.verbs).model_fields)
    assert list(desk.incidents.used) == list(type(desk.incidents).model_fields)
    assert desk.service.learning is not None
    assert desk.service.concurrency_slowdown * desk.service.switch_minutes > 0
    assert desk.agents.come_and_go
    assert desk.agents.absence > 0
    assert desk.agents.teams is not None
    assert desk.patience is not None
    assert desk.sla.pauses_while_pending
    assert desk.arrivals.process == "bursty"


def test_works_from_any_folder(tmp_path: Path) -> None:
    code = "from marl_routing.scenario import load_scenario; load_scenario('saas_balanced')"
    path = os.pathsep.join([str(Path(registry.__file__).parents[2]), *sys.path])
    environment = os.environ | {"PYTHONPATH": path}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)


def test_overrides_by_dots_and_by_underscores() -> None:
    short = load_scenario("saas_balanced", **{"time.horizon_steps": 100, "agents.seed": 3})
    assert (short.time.horizon_steps, short.agents.seed) == (100, 3)
    assert short == load_scenario("saas_balanced", time__horizon_steps=100, agents__seed=3)
    assert load_scenario("saas_balanced").time.horizon_steps == 480
    assert plain(patience__mean_minutes_by_priority=[5, None]).patience is not None
    assert plain(arrivals__rate_per_hour=None, arrivals__load=0.5).to_dict()["arrivals"] == {
        "process": "poisson",
        "load": 0.5,
        "initial_backlog": 0,
    }


def test_overrides_reach_into_lists() -> None:
    desk = load_scenario("small_desk", agents__team__1__capacity=7)
    assert desk.agents.capacities == (3, 7)
    with pytest.raises(ScenarioError, match="no such key"):
        load_scenario("small_desk", agents__team__5__capacity=7)


def test_register_and_load_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(registry, "_registered", {})
    path = tmp_path / "mine.yaml"
    path.write_text(plain(name="mine").to_yaml())
    assert register_scenario(path) == load_scenario("mine")
    assert list_scenarios() == [*registry.SHIPPED, "mine"]
    changed = plain(name="mine", time__horizon_steps=7)
    assert register_scenario(changed) is changed
    assert load_scenario("mine") is changed
    with pytest.raises(ScenarioError, match="'saas_easy' is a shipped scenario"):
        register_scenario(load_scenario("saas_easy"))


def test_scenarios_are_immutable_and_hashable() -> None:
    scenario = plain()
    with pytest.raises(ValueError, match="frozen"):
        scenario.name = "other"  # type: ignore[misc]
    assert hash(scenario) == hash(plain())
    assert scenario == Scenario.parse(PLAIN)


def test_a_scenario_built_by_hand_is_checked_too() -> None:
    unchecked = Scenario.parse(PLAIN | {"categories": ["one", "one"]})
    for use in (load_scenario, compile_scenario):
        with pytest.raises(ScenarioError, match="expected different names"):
            use(unchecked)


tricky = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1)
words = st.one_of(tricky, st.sampled_from(["yes", "no", "1e3", "10:00", "null", "~", "010", "2.0"]))
numbers = st.floats(1e-300, 1e300)


@given(names=st.lists(words, min_size=2, max_size=2, unique=True), weight=numbers, text=words)
def test_any_name_and_number_survives_yaml(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], weight: float, text: str
) -> None:
    scenario = plain(name=text, categories=names, reward__weights__resolved=weight)
    path = tmp_path_factory.mktemp("yaml") / "x.yaml"
    path.write_text(scenario.to_yaml(), encoding="utf-8")
    assert load_scenario(path) == scenario
