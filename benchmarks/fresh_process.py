"""What a newcomer waits for: a new process up to its first step, with and without compiled code."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
FIRST_STEP = """
import json, os, time
from pathlib import Path

def megabytes():
    pages = Path("/proc/self/statm")  # resident memory now; other systems do not tell
    if not pages.exists():
        return float("nan")
    return int(pages.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

def first_step():
    env = ticket_routing_v0.parallel_env()
    env.reset(seed=0)
    env.step({agent: 0 for agent in env.agents})
    return env

from marl_routing import ticket_routing_v0
imported = megabytes()
first = first_step()
finished, stepped = time.time(), megabytes()
further = [first_step() for _ in range(50)]
print(json.dumps({
    "finished": finished,
    "first_instance": stepped - imported,
    "further_instance": (megabytes() - stepped) / len(further),
}))
"""


def first_step(**variables: str) -> dict[str, float]:
    """Seconds to the first step of a new process, and megabytes of memory an instance took.

    Args:
        variables: of the process's environment.
    """
    start = time.time()
    done = subprocess.run(
        [sys.executable, "-c", FIRST_STEP],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | variables,
        check=True,
        stdout=subprocess.PIPE,
    )
    seen: dict[str, float] = json.loads(done.stdout)
    return seen | {"seconds": seen["finished"] - start}


def cold(_: Path) -> Callable[[], float]:
    """Seconds of a start with nothing compiled on disk."""

    def take() -> float:
        with tempfile.TemporaryDirectory() as cache:
            return first_step(NUMBA_CACHE_DIR=cache)["seconds"]

    return take


def warm(figure: str) -> Callable[[Path], Callable[[], float]]:
    """One figure of starts that find compiled code."""

    def build(_: Path) -> Callable[[], float]:
        first_step()
        return lambda: first_step()[figure]

    return build
