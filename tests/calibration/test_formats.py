"""Finding the columns of a log."""

import pytest

from marl_routing.calibration import LogError
from marl_routing.calibration.formats import find_columns

ZENDESK = ["Id", "Created at", "Solved at", "Assignee", "Ticket type", "Priority"]


def test_auto_picks_the_format_that_explains_most_fields() -> None:
    name, columns = find_columns(ZENDESK, "auto", {})
    assert name == "zendesk"
    assert columns["resolved"] == "Solved at"
    assert "made_sla" not in columns


def test_letter_case_and_blanks_do_not_matter() -> None:
    _, columns = find_columns([f" {name.upper()} " for name in ZENDESK], "zendesk", {})
    assert columns["opened"] == " CREATED AT "


def test_closing_is_never_taken_for_resolving() -> None:
    with pytest.raises(LogError, match="no column for resolved"):
        find_columns(["number", "opened_at", "closed_at", "resolved_by", "category"], "auto", {})


def test_mapping_wins_over_the_format() -> None:
    _, columns = find_columns([*ZENDESK, "Topic"], "auto", {"category": "topic"})
    assert columns["category"] == "Topic"


def test_a_missing_column_is_an_error_that_lists_those_found() -> None:
    with pytest.raises(LogError) as error:
        find_columns(["when", "what"], "jira", {})
    message = str(error.value)
    assert "opened (when it was created)" in message
    assert "--map id=COLUMN" in message
    assert message.endswith("columns found: when, what")


@pytest.mark.parametrize(
    ("format", "mapping", "sentence"),
    [
        ("lotus", {}, "format: expected auto, servicenow, zendesk, freshdesk, jira, not 'lotus'"),
        ("auto", {"colour": "Id"}, "--map colour: expected one of the fields id, opened"),
        ("auto", {"agent": "Owner"}, "--map agent: the log has no column 'Owner'"),
    ],
)
def test_bad_choices_are_named(format: str, mapping: dict[str, str], sentence: str) -> None:
    with pytest.raises(LogError, match=sentence):
        find_columns(ZENDESK, format, mapping)
