import numpy as np
import pytest

from marl_routing.evaluation.figures import in_short, plain


@pytest.mark.parametrize(
    ("value", "text"), [(0.00123, "0.00123"), (-12.345, "-12.3"), (99.5, "99.5"), (-1e4, "-10,000")]
)
def test_in_short(value: float, text: str) -> None:
    assert in_short(value) == text


def test_plain_has_no_arrays_and_no_nan() -> None:
    nested = {1: (np.int64(2), np.array([1.5, np.nan])), "x": float("-inf"), "text": "nan"}
    assert plain(nested) == {"1": [2, [1.5, None]], "x": None, "text": "nan"}
