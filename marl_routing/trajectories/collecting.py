"""Collecting episodes of all agents of a desk into a folder of Parquet files."""

import json
import platform
from collections.abc import Callable
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from marl_routing import __version__
from marl_routing.core.events import EVENTS
from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.evaluation.protocol import require_fit
from marl_routing.evaluation.seeds import TRAINING
from marl_routing.policies import BidPolicy, Policy
from marl_routing.scenario import Scenario, compile_scenario
from marl_routing.trajectories.keeping import fill_new_folder, keep_all
from marl_routing.trajectories.playing import Episodes, play
from marl_routing.trajectories.schema import FORMAT, Tables, schema_of, tables_of

SUFFIX = ".parquet"
_LIBRARIES = ("numpy", "numba")


def collect(
    scenario: Scenario,
    policy: Policy | BidPolicy,
    episodes: int,
    folder: Path,
    seed: int = TRAINING,
    *,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write every step of whole episodes to `steps`, `ends` and `events.parquet` of a new folder.

    Args:
        scenario: the desk.
        policy: chooses every agent's action.
        episodes: how many.
        folder: it appears when all is written; nothing may lie there before.
        seed: of the first episode; the next have `seed + 1`, ...
        progress: called with the desk-steps just done.

    Returns:
        How many episodes the files hold: fewer than asked for after an interruption, and with 0
        there is no folder.
    """
    require_fit(policy, scenario)
    told, tables = about(scenario, policy.name, seed), tables_of(compile_scenario(scenario).sizes)
    batches = play(scenario, policy, episodes, seed, progress)
    return fill_new_folder(folder, lambda temporary: _fill(temporary, told, tables, batches))


def _fill(folder: Path, told: dict[str, Any], tables: Tables, batches: Any) -> int:
    """Write the three files, a row group a batch of episodes; how many episodes."""
    written = 0
    with ExitStack() as files:
        writers = {
            name: files.enter_context(
                pq.ParquetWriter(
                    folder / f"{name}{SUFFIX}",
                    schema_of(columns, json.dumps(told)),
                    compression="zstd",
                )
            )
            for name, columns in tables._asdict().items()
        }

        def write(batch: Episodes) -> None:
            nonlocal written
            for name, columns in tables._asdict().items():
                arrays = getattr(batch, name)
                packed = [column.packed(arrays[column.name]) for column in columns]
                rows = pa.Table.from_arrays(packed, schema=writers[name].schema)
                writers[name].write_table(rows, row_group_size=max(1, rows.num_rows))
            written += len(batch.steps["step"])

        keep_all(batches, write)
    return written


def about(scenario: Scenario, policy: str, seed: int) -> dict[str, Any]:
    """What collected episodes are of, and what their numbers are called."""
    desk = DeskBatch(scenario)
    return {
        "format": FORMAT,
        "scenario": scenario.to_dict(),
        "digest": scenario.digest,
        "policy": policy,
        "seed": seed,
        "agents": list(scenario.agents.names),
        "observation_fields": [name for name, _, _ in desk.observation_fields()],
        "actions": desk.action_meanings(),
        "events": list(EVENTS),
        "versions": {
            "marl-routing": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in _LIBRARIES},
        },
    }
