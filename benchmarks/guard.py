"""Guards the speed of the tick: instructions a tick, compared with those kept in the repository.

python -m benchmarks.guard             fails if a tick executes 10 % more or less than it did
python -m benchmarks.guard --update    keeps the figures of this checkout
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from marl_routing.scenario.writing import write_file

ROOT = Path(__file__).parents[1]
KEPT = Path(__file__).with_name("instructions.json")
ALLOWANCE = 0.10
# Desks that have least and most, that talk and that bid; each under a rule that keeps it busy.
DESKS = {
    "saas_balanced": "best_skill",
    "everything_on": "best_skill",
    "support_bfsi": "table_greedy",
    "auction_desk": "truthful",
}


def count(scenario: str) -> int:
    """Instructions a tick, in a process that compiles for a processor without extras."""
    compiler = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "NUMBA_DISABLE_JIT": "0"}
    with tempfile.TemporaryDirectory() as cache:  # what counts must not be found by others
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.counting", scenario, DESKS[scenario]],
            cwd=ROOT,
            env=os.environ | compiler | {"NUMBA_CACHE_DIR": cache},
            check=True,
            stdout=subprocess.PIPE,
        )
    return int(done.stdout)


def count_all() -> dict[str, int]:
    """Of every desk, as many at a time as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(DESKS, pool.map(count, DESKS), strict=True))


def kept() -> dict[str, int]:
    """The repository's figures for this kind of processor; none if there are none."""
    figures: dict[str, dict[str, int]] = json.loads(KEPT.read_text(encoding="utf-8"))
    return figures.get(platform.machine(), {})


def faults(before: dict[str, int], now: dict[str, int]) -> list[str]:
    """A sentence for each desk whose figure left the allowance, or of which nothing is kept.

    A gain is one as well: what is kept would allow too much afterwards.
    """
    found = []
    for name, instructions in now.items():
        if name not in before:
            found.append(f"{name}: nothing is kept for {platform.machine()}; use --update")
            continue
        change = instructions / before[name] - 1
        if abs(change) > ALLOWANCE:
            found.append(f"{name}: {change:+.0%} instructions a tick; if so intended, --update")
    return found


def main(arguments: list[str]) -> None:
    """Compare, or keep."""
    before, update = kept(), arguments == ["--update"]
    if not before and not update:
        print(f"Nothing is kept for {platform.machine()}, so nothing was counted; see --update.")
        return
    now = count_all()
    for name, instructions in now.items():
        print(f"{name}: {instructions:,} instructions a tick, kept: {before.get(name, 'none')}")
    if update:
        figures = json.loads(KEPT.read_text(encoding="utf-8"))
        figures[platform.machine()] = now
        write_file(KEPT, json.dumps(figures, indent=2) + "\n")
    elif found := faults(before, now):
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main(sys.argv[1:])
