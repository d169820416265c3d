"""Reading collected episodes back as arrays."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from marl_routing.scenario import Scenario, compile_scenario, load_scenario
from marl_routing.trajectories.collecting import SUFFIX
from marl_routing.trajectories.schema import ABOUT, FORMAT, Arrays, Column, tables_of


@dataclass(frozen=True)
class Trajectories:
    """E episodes of T steps and A agents, bit by bit as they were played.

    Attributes:
        steps: what agents saw, did and were paid, (E, T, A, ...) by the name of the column.
        ends: what they saw when an episode was over, (E, A, ...) likewise.
        events: the event logs one after another, (lines,) likewise.
        about: scenario, its digest, policy, first seed, versions, and what the entries of
            observations and the actions are called.
    """

    steps: Arrays
    ends: Arrays
    events: Arrays
    about: dict[str, Any]

    @property
    def scenario(self) -> Scenario:
        """The desk."""
        return load_scenario(self.about["scenario"])

    def next_observations(self) -> NDArray[np.float32]:
        """(E, T, A, F): what each agent saw after each step, also after an episode's last.

        Episodes end by truncation only: the value of what is seen then counts.
        """
        seen, last = self.steps["observation"], self.ends["observation"]
        return np.concatenate([seen[:, 1:], last[:, None]], axis=1)


def read(folder: str | Path, episodes: range | None = None) -> Trajectories:
    """Read what `collect` wrote.

    Args:
        folder: of the three files.
        episodes: numbers of those that are read, in steps of 1; all by default.

    Raises:
        ValueError: if the folder holds no collected episodes, none of these, or some of another
            format.
    """
    about = _about(Path(folder))
    sizes = compile_scenario(load_scenario(about["scenario"])).sizes
    read = {
        name: _read(Path(folder) / f"{name}{SUFFIX}", columns, episodes)
        for name, columns in tables_of(sizes)._asdict().items()
    }
    if not len(read["ends"]["episode"]):
        raise ValueError(f"episodes: expected some that {folder} holds, not {episodes}")
    agents = (-1, sizes.agents)
    ends = {name: rows.reshape(*agents, *rows.shape[1:]) for name, rows in read["ends"].items()}
    moments = (len(ends["steps"]), -1, sizes.agents)
    steps = {name: rows.reshape(*moments, *rows.shape[1:]) for name, rows in read["steps"].items()}
    return Trajectories(steps, ends, read["events"], about)


def _about(folder: Path) -> dict[str, Any]:
    """What the files say that they are."""
    try:
        told = pq.read_schema(folder / f"steps{SUFFIX}").metadata or {}
        about: dict[str, Any] = json.loads(told[ABOUT.encode()])
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise ValueError(
            f"folder: expected one that marl-routing collect wrote, not {folder}"
        ) from error
    if about["format"] != FORMAT:
        raise ValueError(f"folder: expected format {FORMAT}, got {about['format']} in {folder}")
    return about


def _read(path: Path, columns: tuple[Column, ...], episodes: range | None) -> Arrays:
    wanted = None
    if episodes is not None:
        wanted = [("episode", ">=", episodes.start), ("episode", "<", episodes.stop)]
    table = pq.read_table(path, filters=wanted)
    return {column.name: column.unpacked(table[column.name]) for column in columns}
