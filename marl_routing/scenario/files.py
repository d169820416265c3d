"""Scenario files and trace files: strict YAML, JSON, CSV."""

import csv
import json
import re
from pathlib import Path
from typing import Any, ClassVar

import yaml

from marl_routing.scenario.errors import ScenarioError

SUFFIXES = (".yaml", ".yml", ".json")
_PACKAGE = Path(__file__).parent.parent
TRACE_COLUMNS = ("time_minutes", "category", "priority")

_FLOAT = re.compile(
    r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|^[-+]?\.(inf|Inf)$|^\.(nan|NaN)$"
)
_SCALARS = (  # YAML 1.2: 10:00 and yes are texts, 1e3 is a number
    ("null", re.compile(r"^(~|null|Null|NULL|)$"), ["~", "n", "N", ""]),
    ("bool", re.compile(r"^(true|True|TRUE|false|False|FALSE)$"), list("tTfF")),
    ("int", re.compile(r"^[-+]?(0|[1-9][0-9]*)$"), list("-+0123456789")),
    ("float", _FLOAT, list("-+.0123456789")),
)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML 1.2 scalars; a key given twice is an error."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


class _Dumper(yaml.SafeDumper):
    """Quotes whatever YAML 1.1 or 1.2 would not read back as a text."""


def _construct_mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            line = node.value[index][0].start_mark.line + 1
            raise ScenarioError(f"{key}: given twice, the second time in line {line}")
    mapping: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    return mapping


_Loader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)
for _tag, _pattern, _first in _SCALARS:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _pattern, _first)
_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, list("-+.0123456789"))


def configs_folder() -> Path:
    """Where the shipped scenarios lie: inside the package, or beside it in a checkout."""
    installed = _PACKAGE / "configs"
    return installed if installed.is_dir() else _PACKAGE.parent / "configs"


def to_yaml(data: dict[str, Any]) -> str:
    """YAML text that `read_scenario_file` reads back unchanged."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, default_flow_style=None, width=100)


def read_scenario_file(path: Path) -> Any:
    """The data of a YAML or JSON file; other files that it names lie beside it."""
    data = _read_data(path, f"scenario file not found: {path}")
    if not isinstance(data, dict):
        return data
    arrivals, customers = data.get("arrivals"), data.get("customers")
    if isinstance(arrivals, dict) and isinstance(arrivals.get("trace"), str):
        arrivals["trace"] = read_trace(path.parent / arrivals["trace"])
    if isinstance(customers, dict):
        data["customers"] = {key: _beside(path.parent, named) for key, named in customers.items()}
    return data


def _beside(folder: Path, named: Any) -> Any:
    """Names of files as paths from a folder; anything else as it is."""
    if isinstance(named, list):
        return [_beside(folder, one) for one in named]
    is_file = isinstance(named, str) and named.endswith(SUFFIXES)
    return str(folder / named) if is_file else named


def read_named(folder: str, name: str) -> Any:
    """The data of a file that scenarios name: its path, or one shipped in a folder of configs."""
    if name.endswith(SUFFIXES):
        return _read_data(Path(name), f"file not found: {name}")
    shipped = {path.stem: path for path in sorted((configs_folder() / folder).glob("*.yaml"))}
    if name not in shipped:
        known = f"known are {', '.join(shipped)} and paths of files"
        raise ScenarioError(f"nothing is called '{name}', {known}")
    return _read_data(shipped[name], "")


def _read_data(path: Path, if_missing: str) -> Any:
    text = _read_text(path, if_missing)
    form = "json" if path.suffix == ".json" else "yaml"
    try:
        return _load_json(text) if form == "json" else yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, json.JSONDecodeError) as error:
        raise ScenarioError(f"{path}: not valid {form}: {_one_line(error)}") from None
    except RecursionError:
        raise ScenarioError(f"{path}: nested too deeply to be a scenario") from None


def _load_json(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_mapping_of)


def _mapping_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key, value in pairs:
        if key in mapping:
            raise ScenarioError(f"{key}: given twice")
        mapping[key] = value
    return mapping


def read_trace(path: Path) -> list[dict[str, Any]]:
    """Tickets of a CSV file: time_minutes, category, priority and, if known, work_minutes."""
    lines = _read_text(path, f"arrivals.trace: file not found: {path}").splitlines()
    reader = csv.DictReader(lines)
    found = reader.fieldnames or []
    missing = [column for column in TRACE_COLUMNS if column not in found]
    if missing:
        raise ScenarioError(
            f"arrivals.trace: {path} has no column {missing[0]} (found: {', '.join(found)})"
        )
    return [_trace_ticket(row, number) for number, row in enumerate(reader)]


def _trace_ticket(row: dict[str, str], number: int) -> dict[str, Any]:
    ticket: dict[str, Any] = {"category": row["category"], "priority": row["priority"]}
    for key in ("time_minutes", "work_minutes"):
        if row.get(key):
            try:
                ticket[key] = float(row[key])
            except ValueError:
                raise ScenarioError(
                    f"arrivals.trace.{number}.{key}: expected a number, got '{row[key]}'"
                ) from None
    return ticket


def _read_text(path: Path, if_missing: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise ScenarioError(if_missing) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: cannot be read: {_one_line(error)}") from None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
