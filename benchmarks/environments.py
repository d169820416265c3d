"""Peers: other simulators, each in a virtual environment and a process of its own."""

import json
import os
import shutil
import subprocess
import sys
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


def install(name: str, folder: Path) -> Path:
    """Make a peer's environment, once for each list of requirements.

    What pip is configured to use (indexes, a proxy) is used here as well.

    Returns:
        Its Python.

    Raises:
        MissingError: with pip's reason.
    """
    wanted = HERE / f"{name}.txt"
    place, installed = folder / name, folder / name / wanted.name
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    if installed.exists() and installed.read_text() == wanted.read_text():
        return python
    shutil.rmtree(place, ignore_errors=True)
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    commands: tuple[tuple[str | Path, ...], ...] = (
        (sys.executable, "-m", "venv", place),
        (*pip, "-r", wanted),
    )
    for command in commands:
        done = subprocess.run(command, env=_outside(), capture_output=True, text=True)
        if done.returncode:
            raise MissingError(f"not installed: {_reason(done.stderr or done.stdout)}")
    shutil.copy(wanted, installed)  # last, so that it says that all went well
    return python


def _outside() -> dict[str, str]:
    """Our environment variables, without those that lead back to our own packages."""
    ours = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    return {key: value for key, value in os.environ.items() if key not in ours}


def _reason(text: str) -> str:
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
        python = install(name, folder)
        self._errors = folder / f"{name}.log"
        with self._errors.open("w") as log:
            self._process = subprocess.Popen(
                [python, HERE / f"{name}.py", *arguments],
                env=_outside() | ONE_THREAD,
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
        raise MissingError(f"does not run: {_reason(self._errors.read_text())}")
