"""Faults planted in the tick: the exact desks that a sound tick passes find them.

`test_exact_desks.py` puts the same desks to the same test with the tick as it is.
"""

from pathlib import Path

import pytest

from docs.faults import FAULTS, Fault, check_planted, plant
from tests.theory.test_exact_desks import PRECISION

WRONG = {  # what each fault must show in, at least
    "service one step short": {"occupancy", "wait, minutes", "time open, minutes"},
    "abandonment before service": {"abandoned, share", "occupancy"},
    "ties to the lowest index": {"occupancy of the first agent"},
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_exact_desks_find_the_fault(fault: Fault, tmp_path: Path) -> None:
    plant(fault, tmp_path)
    code, told = check_planted(fault, tmp_path, PRECISION)
    assert code == 1
    assert told["scenario"] == fault.desk.removeprefix("exact/")
    wrong = {number["number"] for number in told["numbers"] if not number["agrees"]}
    assert wrong >= WRONG[fault.what]
