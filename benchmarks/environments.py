"""Peers: other simulators, each in a virtual environment and a process of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.contender import MissingError

HERE = Path(__file__).parent / "peers"
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
    "SDL_VIDEODRIVER": "dummy",
}


def install(name: str, requirements: Sequence[str], folder: Path) -> Path:
    """Make the environment `folder / name`, once for each list of requirements.

    What pip is configured to use (indexes, a proxy) is used here as well.

    Args:
        name: of the environment.
        requirements: as on pip's command line.
        folder: where environments are kept.

    Returns:
        Its Python.

    Raises:
        MissingError: with pip's reason.
    """
    wanted, place = "\n".join(requirements), folder / name
    installed = place / "installed.txt"
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    if installed.exists() and installed.read_text() == wanted:
        return python
    shutil.rmtree(place, ignore_errors=True)
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    commands: tuple[tuple[str | Path, ...], ...] = (
        (sys.executable, "-m", "venv", place),
        (*pip, *requirements),
    )
    for command in commands:
        done = subprocess.run(command, env=outside(), capture_output=True, text=True)
        if done.returncode:
            raise MissingError(f"not installed: {reason(done.stderr or done.stdout)}")
    installed.write_text(wanted)  # last, so that it says that all went well
    return python


def outside() -> dict[str, str]:
    """Our environment variables, without those that lead back to our own packages."""
    ours = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    return {key: value for key, value in os.environ.items() if key not in ours}


def reason(text: str) -> str:
    """The last error of a program's output, in one line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["it did not say why"])[-1]


class Peer:
    """A process that plays whenever it is asked to; see `peers/turns.py`. It ends with this one.

    Args:
        name: of a script in `peers/`, and of its requirements.
        folder: where environments are kept.
        arguments: for the script.
    """

    def __init__(self, name: str, folder: Path, *arguments: str) -> None:
        python = install(name, (HERE / f"{name}.txt").read_text().split(), folder)
        self._errors = folder / f"{name}.log"
        with self._errors.open("w") as log:
            self._process = subprocess.Popen(
                [python, HERE / f"{name}.py", *arguments],
                env=outside() | ONE_THREAD,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._answer()  # ready

    def rate(self) -> float:
        """Agent-steps, or tickets, a second of one play."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # the answer that does not come tells more
            self._process.stdin.write("\n")
            self._process.stdin.flush()
        return float(self._answer()["per_second"])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):
                answer: dict[str, Any] = json.loads(line)
                return answer
        self._process.wait()
        raise MissingError(f"does not run: {reason(self._errors.read_text())}")
