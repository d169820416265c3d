"""Dates as help desks export them.

Clock times are kept as written, without their zone: a desk's week is a local week.
"""

import polars as pl

# The first form that reads most of a column wins, so day/month goes before month/day.
DATE_FORMS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %I:%M %p",
    "%m/%d/%Y %I:%M %p",
    "%d/%b/%y %I:%M %p",
    "%d/%b/%y %H:%M",
    "%d/%b/%Y %I:%M %p",
    "%d/%b/%Y %H:%M",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%d-%b-%Y %H:%M:%S",
    "%d-%b-%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
)
_FRACTION_AND_ZONE = r"(:\d{2})(?:[.,]\d+)?\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?$"
_T_BETWEEN = r"^(\d{4}-\d{2}-\d{2})T"
_SAMPLE = 10_000


def read_dates(*columns: pl.Series) -> list[pl.Series]:
    """Read columns of dates that one system wrote, so in one form.

    Args:
        columns: strings, null where missing.

    Returns:
        Each as Datetime, null where missing or not readable in the form that reads most of them.
    """
    plain = [
        texts.str.replace(_FRACTION_AND_ZONE, "$1").str.replace(_T_BETWEEN, "$1 ")
        for texts in columns
    ]
    known = pl.concat([texts.alias("date") for texts in plain]).drop_nulls()
    sample = known.gather_every(max(1, known.len() // _SAMPLE))
    form = max(DATE_FORMS, key=lambda form: _read(sample, form).count())
    return [_read(texts, form) for texts in plain]


def _read(texts: pl.Series, form: str) -> pl.Series:
    return texts.str.to_datetime(form, time_unit="ms", strict=False)
