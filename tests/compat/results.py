"""What the last run of each library found, as it is kept beside the documentation."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from marl_routing.scenario.writing import write_file

KEPT = Path(__file__).parents[2] / "docs" / "compatibility.json"
TRAINS = "trains"
LAST_LINE = re.compile(r"(\d+) agent-steps in ([\d.]+) s, ([\d.]+) s of this processor")


@dataclass(frozen=True)
class Result:
    """Of one library.

    Attributes:
        date: of the run, as 2026-11-20.
        versions: of the library's packages and of Python.
        processor: that it ran on.
        status: `TRAINS`, or why not.
        seconds: that its example takes as it stands, start and comparison included.
        agent_steps, training_seconds, processor_seconds: of the longer run, the training alone;
            the processor's are the first process's.
    """

    date: str
    versions: dict[str, str]
    processor: str
    status: str
    seconds: float | None = None
    agent_steps: int | None = None
    training_seconds: float | None = None
    processor_seconds: float | None = None

    @property
    def rate(self) -> float | None:
        """Agent-steps a second of the whole training loop."""
        if self.agent_steps is None or not self.training_seconds:
            return None
        return self.agent_steps / self.training_seconds


def read_figures(output: str) -> tuple[int, float, float]:
    """Agent-steps, seconds and processor seconds from what an example printed last.

    Raises:
        ValueError: if it printed something else.
    """
    lines = output.splitlines()
    found = LAST_LINE.fullmatch(lines[-1]) if lines else None
    if found is None:
        raise ValueError("expected the last line of the example to tell agent-steps and seconds")
    return int(found[1]), float(found[2]), float(found[3])


def kept(path: Path = KEPT) -> dict[str, Result]:
    """By library; nothing where nothing was ever run."""
    if not path.exists():
        return {}
    return {name: Result(**row) for name, row in json.loads(path.read_text("utf-8")).items()}


def keep(name: str, result: Result, path: Path = KEPT) -> None:
    """One library's result in place of its last one."""
    rows = {one: asdict(row) for one, row in sorted((kept(path) | {name: result}).items())}
    write_file(path, json.dumps(rows, indent=1) + "\n")
