"""Dates as exports write them."""

from datetime import datetime

import polars as pl
import pytest

from marl_routing.calibration.dates import read_dates

AFTERNOON = datetime(2025, 6, 21, 16, 14)


@pytest.mark.parametrize(
    "text",
    [
        "21/6/2025 16:14",
        "21/06/2025 16:14:00",
        "6/21/2025 16:14",
        "06/21/2025 4:14 PM",
        "2025-06-21 16:14:00",
        "2025-06-21 16:14",
        "2025-06-21 16:14:00 UTC",
        "2025-06-21T16:14:00Z",
        "2025-06-21T16:14:00.123+0200",
        "2025-06-21 16:14:00.000000",
        "21/Jun/25 04:14 PM",
        "21/Jun/25 4:14 pm",
        "21-06-2025 16:14",
        "21.06.2025 16:14",
        "21-Jun-2025 16:14:00",
    ],
)
def test_each_form_is_read(text: str) -> None:
    (dates,) = read_dates(pl.Series([text, None]))
    assert dates.to_list() == [AFTERNOON, None]


def test_one_form_for_all_columns() -> None:
    """The 13th month of the second column tells that the first is not day/month either."""
    opened, resolved = read_dates(
        pl.Series(["6/1/2025 09:00", "6/2/2025 09:00"]), pl.Series(["6/13/2025 09:00", None])
    )
    assert opened.to_list() == [datetime(2025, 6, 1, 9), datetime(2025, 6, 2, 9)]
    assert resolved.to_list() == [datetime(2025, 6, 13, 9), None]


def test_day_before_month_when_both_fit() -> None:
    (dates,) = read_dates(pl.Series(["3/4/2025 09:00"]))
    assert dates.to_list() == [datetime(2025, 4, 3, 9)]


def test_what_cannot_be_read_is_null() -> None:
    (dates,) = read_dates(pl.Series(["2025-06-21 16:14", "soon", "2025-13-45 10:00"]))
    assert dates.to_list() == [AFTERNOON, None, None]
