"""One clear sentence for whatever is wrong with a scenario."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError


class ScenarioError(ValueError):
    """A scenario that cannot be used; the message names the path and what was expected."""


def fault(key: str, message: str) -> PydanticCustomError:
    """An error about `key` of the section that raises it, as pydantic carries it."""
    return PydanticCustomError("fault", "{message}", {"key": key, "message": message})


def explain(error: ValidationError) -> str:
    """The first thing wrong, as `path: expected ..., got ...`."""
    first = error.errors()[0]
    # Tags of unions stand in angle brackets: they are no part of what the user wrote.
    parts = [str(part) for part in first["loc"] if not str(part).startswith("<")]
    if first["type"] == "fault":
        parts.append(first["ctx"]["key"])
    path = ".".join(part for part in parts if part)
    sentence = _sentence(first)
    return f"{path}: {sentence}" if path else sentence


def _sentence(first: ErrorDetails) -> str:
    kind, given, context = first["type"], first["input"], first.get("ctx", {})
    if kind == "missing":
        return "is required"
    if kind == "fault":
        return str(first["msg"])
    return f"expected {_expected(kind, context, first['msg'])}, got {_brief(given)}"


def _expected(kind: str, context: dict[str, Any], message: str) -> str:
    bounds = {"greater_than": ">", "greater_than_equal": ">=", "less_than": "<"}
    bounds["less_than_equal"] = "<="
    if kind in bounds:
        limit = next(iter(context.values()))
        return f"a number {bounds[kind]} {limit:g}"
    if kind == "too_short" and context["min_length"] > 1:
        return f"a list of at least {context['min_length']}"
    if kind == "too_long":
        return f"a list of at most {context['max_length']}"
    words: dict[str, str] = {
        "finite_number": "a finite number",
        "float_type": "a number",
        "int_type": "a whole number",
        "bool_type": "true or false",
        "string_type": "a text",
        "string_too_short": "a text that is not empty",
        "tuple_type": "a list",
        "dict_type": "a section with names",
        "too_short": "a list that is not empty",
        "model_type": "a section with keys",
        "model_attributes_type": "a section with keys",
        "string_pattern_mismatch": "a time of day such as '09:00'",
    }
    if kind == "literal_error":
        return f"one of {context['expected']}"
    return words.get(kind, message.lower())


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
