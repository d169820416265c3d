"""Scenario files with comments, laid out to be read."""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

Comments = Mapping[str, str]  # path of a key ("service.minutes") -> what stands above it

_PLAIN = re.compile(r"[a-z][a-z0-9_]*")
_NOT_TEXT = ("null", "true", "false", "yes", "no", "on", "off", "y", "n")
WIDTH = 100
ROW = 24  # numbers in a line of a long list: the hours of a day


def scenario_text(data: Mapping[str, Any], comments: Comments) -> str:
    """YAML of a scenario's data, with comments above the keys that they explain."""
    return "\n".join([*_comment(comments.get(""), ""), *_mapping(data, "", comments)]) + "\n"


def _mapping(data: Mapping[str, Any], parent: str, comments: Comments) -> Iterator[str]:
    indent = "  " * parent.count(".")
    for key, value in data.items():
        yield from _comment(comments.get(f"{parent}{key}"), indent)
        if isinstance(value, Mapping):
            yield f"{indent}{key}:"
            yield from _mapping(value, f"{parent}{key}.", comments)
        elif isinstance(value, list) and value and isinstance(value[0], list | dict):
            yield f"{indent}{key}:"
            yield from (f"{indent}  - {_flow(entry)}" for entry in value)
        elif isinstance(value, list) and len(value) > ROW:
            yield f"{indent}{key}: ["
            for start in range(0, len(value), ROW):
                yield f"{indent}  {', '.join(map(_flow, value[start : start + ROW]))},"
            yield f"{indent}]"
        else:
            yield f"{indent}{key}: {_flow(value)}"


def _comment(text: str | None, indent: str) -> Iterator[str]:
    for paragraph in (text or "").splitlines():
        yield from textwrap.wrap(
            paragraph,
            WIDTH,
            initial_indent=f"{indent}# ",
            subsequent_indent=f"{indent}# ",
            break_on_hyphens=False,
            break_long_words=False,
        )


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value not in _NOT_TEXT:
        return value
    return json.dumps(value, ensure_ascii=False)
