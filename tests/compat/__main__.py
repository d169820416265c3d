"""python -m tests.compat [LIBRARY ...]: train with each library, and keep what came of it.

Libraries with pins get an environment in .compat/, once for each list of pins.
"""

import argparse
import json
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from benchmarks.contender import MissingError
from benchmarks.environments import ONE_THREAD, install, outside, reason
from benchmarks.machine import processor
from tests.compat.libraries import BY_NAME, Library
from tests.compat.results import KEPT, TRAINS, Result, keep, read_figures

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
MEASURED = "saas_balanced"  # the desk on which speed is measured
LIMIT = 900  # seconds of one run
VERSIONS = """
import json, platform, sys
from importlib.metadata import version
print(json.dumps({name: version(name) for name in sys.argv[1:]}
                 | {"Python": platform.python_version()}))
"""


def python_of(library: Library) -> Path:
    """Its Python; with everything installed."""
    if not library.pins:
        return Path(sys.executable)
    return install(library.example, (*library.pins, "-e", str(ROOT)), ROOT / ".compat")


def run(python: Path, *arguments: str) -> str:
    """What a program prints.

    Raises:
        MissingError: with its last error if it fails.
    """
    try:
        done = subprocess.run(
            [python, *arguments],
            cwd=ROOT,
            env=outside() | ONE_THREAD | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
    except subprocess.TimeoutExpired:
        raise MissingError(f"not done after {LIMIT} s") from None
    if done.returncode:
        raise MissingError(reason(done.stderr or done.stdout))
    return done.stdout


def result_of(library: Library) -> Result:
    """Run a library's example as it stands, then longer to measure its speed."""
    today, versions = date.today().isoformat(), dict[str, str]()
    try:
        python, example = python_of(library), str(EXAMPLES / f"{library.example}.py")
        versions = json.loads(run(python, "-c", VERSIONS, *library.packages))
        start = time.perf_counter()
        read_figures(run(python, example, *library.options))
        seconds = time.perf_counter() - start
        measured = (*library.options, "--scenario", MEASURED, "--steps", str(library.steps))
        figures = read_figures(run(python, example, *measured))
    except (MissingError, ValueError) as error:
        return Result(today, versions, processor(), f"fails: {error}")
    return Result(today, versions, processor(), TRAINS, round(seconds, 1), *figures)


def main(names: list[str], path: Path = KEPT) -> int:
    """Run these libraries, or all; 0 if all of them train.

    Each result is kept as soon as it is there, so an interruption loses one at most.
    """
    failed = False
    for name in names or BY_NAME:
        print(f"{name} ...", flush=True)
        result = result_of(BY_NAME[name])
        keep(name, result, path)
        speed = "" if result.rate is None else f", {result.rate:,.0f} agent-steps/s"
        print(f"{name}: {result.status}{speed}", flush=True)
        failed |= result.status != TRAINS
    return int(failed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", nargs="*", help=f"of {', '.join(BY_NAME)}; default: all")
    wanted = parser.parse_args().library
    if unknown := [name for name in wanted if name not in BY_NAME]:
        parser.error(f"library: expected some of {', '.join(BY_NAME)}, not {', '.join(unknown)}")
    raise SystemExit(main(wanted))
