"""A log of a million rows becomes a scenario in bounded memory."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from marl_routing import load_scenario

ROWS, UPDATES, PADDING = 1_000_000, 5, 1200
MEGABYTES = ROWS * PADDING // 10**6  # less than the text alone takes

CALIBRATE = """
import resource, sys
from pathlib import Path
from marl_routing.calibration import calibrate
log = Path(sys.argv[1])
report = calibrate(log, output=log.with_name("desk.yaml"), format="servicenow", episodes=2)
megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(report.rows, report.tickets, megabytes)
"""


def write_log(path: Path) -> None:
    """Updates of 200,000 tickets, interleaved, with a long text that nobody needs."""
    tickets = ROWS // UPDATES
    padding = "x" * PADDING
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as file:
        file.write("number,opened_at,resolved_at,resolved_by,category,comments\n")
        for update in range(UPDATES):
            file.writelines(
                f"{i},{1 + i % 28}/3/2024 9:00,29/3/2024 9:00,a{i % 50},c{update},{padding}\n"
                for i in range(tickets)
            )


@pytest.mark.skipif(sys.platform == "win32", reason="no resource module")
def test_a_million_rows(tmp_path: Path, root: Path) -> None:
    write_log(tmp_path / "log.csv.gz")
    done = subprocess.run(
        [sys.executable, "-c", CALIBRATE, str(tmp_path / "log.csv.gz")],
        capture_output=True,
        text=True,
        cwd=root,
        check=True,
    )
    rows, tickets, megabytes = map(int, done.stdout.split())
    assert (rows, tickets) == (ROWS, ROWS // UPDATES)
    assert megabytes < MEGABYTES
    assert load_scenario(tmp_path / "desk.yaml").arrivals.process == "weekly"
