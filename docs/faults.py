"""Faults planted in copies of the package, to see the exact desks find them."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]


class Fault(NamedTuple):
    """A wrong line.

    Attributes:
        what: is wrong.
        file: of the package.
        sound, faulty: the text as it is, and with the fault.
        desk: that notices.
    """

    what: str
    file: str
    sound: str
    faulty: str
    desk: str


FAULTS = (
    Fault(
        "service one step short",
        "core/workload.py",
        "finished = left <= 0.0 or (left < done and chance < 1.0 - left / done)",
        "finished = left <= done",
        "exact/md1",
    ),
    Fault(
        "abandonment before service",
        "core/tick.py",
        "    serve(parameters, desk)\n"
        "    if parameters.has_patience:\n"
        "        abandon(parameters, desk)\n",
        "    if parameters.has_patience:\n"
        "        abandon(parameters, desk)\n"
        "    serve(parameters, desk)\n",
        "exact/mm2_fine",
    ),
    Fault(
        "ties to the lowest index",
        "core/arbitration.py",
        "return fold(fold(fold(desk.keys[TIE], desk.step), number), agent)",
        "return np.uint64(1000000 - agent)",
        "exact/md2",
    ),
)


def plant(fault: Fault, folder: Path) -> None:
    """Copy the package into a folder, with the fault."""
    shutil.copytree(ROOT / "marl_routing", folder / "marl_routing", ignore=_ignored)
    shutil.copytree(ROOT / "configs", folder / "configs")
    path = folder / "marl_routing" / fault.file
    text = path.read_text(encoding="utf-8")
    if text.count(fault.sound) != 1:
        raise ValueError(f"{fault.what}: {fault.file} no longer holds the line to be changed")
    path.write_text(text.replace(fault.sound, fault.faulty), encoding="utf-8")


_ignored = shutil.ignore_patterns("__pycache__", "*.nbi", "*.nbc")


def check_planted(fault: Fault, folder: Path, precision: float) -> tuple[int, dict[str, Any]]:
    """What `marl-routing validate --theory` says of the planted copy: exit code and numbers."""
    command = ["-m", "marl_routing", "validate", "--theory", fault.desk, "--json"]
    done = subprocess.run(
        [sys.executable, *command, "--precision", f"{100 * precision:g}%"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "NUMBA_CACHE_DIR": str(folder / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    if not done.stdout:
        raise RuntimeError(f"{fault.what}: {done.stderr}")
    return done.returncode, json.loads(done.stdout)[0]
