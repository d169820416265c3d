"""How a training run went: the tables that it left in its folder, and its learning curve."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

LEARNING, DESK = "figures", "kpis"  # tables: of each update; of the desk at each checkpoint
STEPS, REWARD_PER_STEP = "agent_steps", "reward_per_step"
POINTS = 150  # of a curve; more updates are averaged, some neighbours into each

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LearningCurve:
    """Reward a step, of a desk, over the agent-steps learned from.

    Attributes:
        steps, reward: (n,) in training, where actions are drawn.
        checkpoints, validation: (m,) of the policy as it was, on whole validation episodes.
    """

    steps: Floats
    reward: Floats
    checkpoints: Floats
    validation: Floats

    @classmethod
    def of(cls, folder: Path) -> Self | None:
        """The curve of the run in a folder; None if there is no such run."""
        learning, desk = (_columns(folder, table) for table in (LEARNING, DESK))
        return None if learning is None else cls(*learning, *(desk or (np.empty(0), np.empty(0))))


def read_table(folder: Path, table: str) -> list[dict[str, float]]:
    """The rows of `LEARNING` or `DESK`; none if there is no such file.

    A last row that is still being written, or never was finished, is left out.
    """
    path = folder / f"{table}.csv"
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    whole = csv.DictReader(line for line in lines if line.endswith("\n"))
    return [{name: float(value) for name, value in row.items()} for row in whole]


def _columns(folder: Path, table: str) -> tuple[Floats, Floats] | None:
    rows = read_table(folder, table)
    if not rows:
        return None
    both = np.array([[row[STEPS], row[REWARD_PER_STEP]] for row in rows])
    few = np.array_split(both, min(len(both), POINTS))
    steps, reward = np.array([part.mean(axis=0) for part in few]).T
    return steps, reward
