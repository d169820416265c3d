"""What a newcomer waits for: a new process up to its first step, with and without compiled code."""

import json
import os
import subprocess
import sys
import tempfile
import time

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


def first_step(cache: str) -> dict[str, float]:
    """Seconds to the first step of a new process, and megabytes of memory an instance took.

    Args:
        cache: folder where compiled code is kept.
    """
    environment = os.environ | {"NUMBA_CACHE_DIR": cache}
    start = time.time()
    done = subprocess.run(
        [sys.executable, "-c", FIRST_STEP],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
    )
    seen: dict[str, float] = json.loads(done.stdout)
    return seen | {"seconds": seen["finished"] - start}


def starts() -> dict[str, dict[str, float]]:
    """One cold start (nothing compiled on disk) and the warm one after it."""
    with tempfile.TemporaryDirectory() as cache:
        return {"cold": first_step(cache), "warm": first_step(cache)}
