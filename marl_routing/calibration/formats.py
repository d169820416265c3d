"""Column names of the usual help-desk exports, and the search for them in a log's header."""

from collections.abc import Mapping, Sequence

from marl_routing.calibration.report import LogError

FIELDS = {
    "id": "the ticket's number or key",
    "opened": "when it was created",
    "resolved": "when it was resolved",
    "agent": "who resolved it",
    "category": "what it is about",
    "priority": "how urgent it is",
    "made_sla": "whether its resolution target was met",
}
OPTIONAL = frozenset({"priority", "made_sla"})

# Candidates per field, best first; letter case and blanks around names do not matter. Columns that
# tell when a ticket was *closed* are absent on purpose: closing lags resolving by days.
FORMATS: dict[str, dict[str, tuple[str, ...]]] = {
    "servicenow": {
        "id": ("number",),
        "opened": ("opened_at", "opened", "sys_created_on", "created"),
        "resolved": ("resolved_at", "resolved"),
        "agent": ("resolved_by", "resolved by", "assigned_to", "assigned to"),
        "category": ("category", "u_category"),
        "priority": ("priority",),
        "made_sla": ("made_sla", "made sla"),
    },
    "zendesk": {
        "id": ("id", "ticket id"),
        "opened": ("created at", "created_at"),
        "resolved": ("solved at", "metrics.solved_at", "solved_at"),
        "agent": ("assignee", "assignee_id", "assignee name"),
        "category": ("ticket type", "type", "group", "group_id"),
        "priority": ("priority",),
        "made_sla": (),
    },
    "freshdesk": {
        "id": ("ticket id",),
        "opened": ("created time",),
        "resolved": ("resolved time",),
        "agent": ("agent",),
        "category": ("type", "product", "group"),
        "priority": ("priority",),
        "made_sla": ("resolution status",),
    },
    "jira": {
        "id": ("issue key",),
        "opened": ("created",),
        "resolved": ("resolved", "resolution date"),
        "agent": ("assignee",),
        "category": ("request type", "custom field (request type)", "issue type"),
        "priority": ("priority",),
        "made_sla": ("time to resolution", "custom field (time to resolution)"),
    },
}


def find_columns(
    columns: Sequence[str], format: str, mapping: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """Find the column of every field.

    Args:
        columns: the log's header.
        format: a key of `FORMATS`, or `auto` for the one that explains most fields.
        mapping: field -> column, wins over the format's names.

    Returns:
        The format's name and field -> column, with optional fields left out where absent.
    """
    names = {column.strip().lower(): column for column in reversed(columns)}
    chosen = _read_mapping(mapping, names, columns)
    if format != "auto" and format not in FORMATS:
        raise LogError(f"format: expected auto, {', '.join(FORMATS)}, not {format!r}")
    formats = list(FORMATS) if format == "auto" else [format]
    found = {name: {**_match(FORMATS[name], names), **chosen} for name in formats}
    best = max(formats, key=lambda name: len(found[name]))
    missing = [field for field in FIELDS if field not in found[best] and field not in OPTIONAL]
    if missing:
        wanted = ", ".join(f"{field} ({FIELDS[field]})" for field in missing)
        raise LogError(
            f"the log has no column for {wanted}; name it with --map {missing[0]}=COLUMN; "
            f"columns found: {', '.join(columns)}"
        )
    return best, found[best]


def _match(candidates: dict[str, tuple[str, ...]], names: dict[str, str]) -> dict[str, str]:
    matches = {
        field: next((names[name] for name in options if name in names), None)
        for field, options in candidates.items()
    }
    return {field: column for field, column in matches.items() if column is not None}


def _read_mapping(
    mapping: Mapping[str, str], names: dict[str, str], columns: Sequence[str]
) -> dict[str, str]:
    for field, column in mapping.items():
        if field not in FIELDS:
            raise LogError(f"--map {field}: expected one of the fields {', '.join(FIELDS)}")
        if column.strip().lower() not in names:
            raise LogError(
                f"--map {field}: the log has no column {column!r}; columns found: "
                f"{', '.join(columns)}"
            )
    return {field: names[column.strip().lower()] for field, column in mapping.items()}
