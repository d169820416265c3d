"""The one registry of scenarios: those that ship with the package, and the user's own."""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from marl_routing.scenario.checks import check
from marl_routing.scenario.errors import ScenarioError
from marl_routing.scenario.files import SUFFIXES, configs_folder, read_scenario_file
from marl_routing.scenario.schema import Scenario

SHIPPED = (
    "saas_balanced",
    "saas_easy",
    "saas_hard",
    "small_desk",
    "nested_085",
    "chain_085",
    "nested_tight",
    "chain_tight",
    "overload_monday",
    "servicenow_itsm",
    "own_interest",
    "auction_desk",
    "engineering_triage",
    "incident_storm",
    "everything_on",
    "follow_the_sun",
    "support_bfsi",
    "support_retail",
    "support_tech",
    "support_mixed",
)

_registered: dict[str, Scenario] = {}


def list_scenarios() -> list[str]:
    """Names that `load_scenario` knows: the shipped ones, then the registered ones."""
    return [*SHIPPED, *_registered]


def list_exact_desks() -> list[str]:
    """Names of the shipped desks whose numbers are known exactly, such as `exact/x_desk`."""
    return sorted(f"exact/{file.stem}" for file in (configs_folder() / "exact").glob("*.yaml"))


def load_scenario(
    source: str | Path | Mapping[str, Any] | Scenario, /, **overrides: Any
) -> Scenario:
    """Load a scenario and change single values of it.

    Args:
        source: a registered name, that of an exact desk, the path of a YAML or JSON file, nested
            mappings, or a Scenario.
        overrides: new values by path, written `time__horizon_steps=100` or
            `**{"time.horizon_steps": 100}`; None unsets.

    Raises:
        ScenarioError: in one sentence, naming the path and what was expected.
    """
    scenario = _find(source)
    if overrides:
        data = scenario.to_dict()
        for path, value in overrides.items():
            _override(data, path.replace("__", ".").split("."), value)
        scenario = _parse(data)
    return scenario


def register_scenario(source: str | Path | Mapping[str, Any] | Scenario) -> Scenario:
    """Make a scenario known by its `name`; a later one of that name replaces it.

    Raises:
        ScenarioError: if it is wrong, or if its name is that of a shipped scenario.
    """
    scenario = load_scenario(source)
    if scenario.name in SHIPPED:
        raise ScenarioError(f"name: '{scenario.name}' is a shipped scenario, choose another name")
    _registered[scenario.name] = scenario
    return scenario


def _find(source: str | Path | Mapping[str, Any] | Scenario) -> Scenario:
    if isinstance(source, Scenario):
        check(source)
        return source
    if isinstance(source, Mapping):
        return _parse(dict(source))
    if isinstance(source, str):
        if source in _registered:
            return _registered[source]
        if source in SHIPPED or source in list_exact_desks():
            return _shipped(source)
        if not source.endswith(SUFFIXES) and "/" not in source and "\\" not in source:
            raise ScenarioError(_unknown(source))
    elif not isinstance(source, Path):
        raise ScenarioError(
            f"expected the name of a scenario, a path or a Scenario, got {type(source).__name__}"
        )
    return _parse(read_scenario_file(Path(source)))


def _unknown(name: str) -> str:
    near = get_close_matches(name, list_scenarios(), n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(list_scenarios())}"
    return f"unknown scenario '{name}', {hint}"


@cache
def _shipped(name: str) -> Scenario:
    return _parse(read_scenario_file(configs_folder() / f"{name}.yaml"))


def _parse(data: Any) -> Scenario:
    scenario = Scenario.parse(data)
    check(scenario)
    return scenario


def _override(data: Any, path: list[str], value: Any) -> None:
    """Set one value in nested mappings and lists, making the sections on the way."""
    *sections, last = path
    for index, key in enumerate(sections):
        data = data[int(key)] if _is_place(data, key) else _section(data, path[: index + 1])
    if _is_place(data, last):
        data[int(last)] = value
    elif isinstance(data, dict):
        data[last] = value
    else:
        raise ScenarioError(f"{'.'.join(path)}: no such key")


def _is_place(data: Any, key: str) -> bool:
    return isinstance(data, list) and key.isdecimal() and int(key) < len(data)


def _section(data: Any, path: list[str]) -> Any:
    if not isinstance(data, dict):
        raise ScenarioError(f"{'.'.join(path)}: no such key")
    return data.setdefault(path[-1], {})
