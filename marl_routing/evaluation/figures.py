"""Numbers for readers: short in a sentence or a table, plain in JSON."""

import math
from typing import Any


def in_short(value: float) -> str:
    """Three digits, or all of the whole ones."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def plain(value: Any) -> Any:
    """Arrays and NumPy numbers as lists and numbers; nan and infinity, which JSON lacks, as None.

    Args:
        value: of any kind; dicts, lists and tuples are walked through.
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
