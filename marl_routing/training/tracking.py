"""Where the figures of a training run go: tables as CSV, TensorBoard, MLflow."""

import csv
import math
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from marl_routing.evaluation.learning_curve import DESK, LEARNING, STEPS
from marl_routing.scenario.writing import write_file


class Tracker(Protocol):
    """Takes figures as they come."""

    def log(self, table: str, agent_steps: int, figures: Mapping[str, float]) -> None:
        """Take figures of `LEARNING` or `DESK`, the same names each time; nan is not known."""

    def flush(self) -> None:
        """Let nothing be lost that was taken."""

    def close(self) -> None:
        """Flush; the run is over, or interrupted."""


class CsvTracker:
    """A file a table, `figures.csv` and `kpis.csv`.

    Args:
        folder: of the run.
        agent_steps: that the run goes on from: later rows, of a run that was killed, are cut.
    """

    def __init__(self, folder: Path, agent_steps: int = 0) -> None:
        self._folder = folder
        for table in (LEARNING, DESK):
            _cut(folder / f"{table}.csv", agent_steps)

    def log(self, table: str, agent_steps: int, figures: Mapping[str, float]) -> None:
        """Write a row, and a heading before the first."""
        path = self._folder / f"{table}.csv"
        new = not path.is_file()
        with path.open("a", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            if new:
                rows.writerow([STEPS, *figures])
            rows.writerow([agent_steps, *figures.values()])

    def flush(self) -> None:
        """Each row is written at once."""

    def close(self) -> None:
        """Nothing is open."""


def _cut(path: Path, agent_steps: int) -> None:
    """Leave out what was written beyond so many, and a row that was never finished."""
    if not path.is_file():
        return
    heading, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True) or [""]
    kept = [row for row in rows if row.endswith("\n") and int(row.split(",")[0]) <= agent_steps]
    if kept:
        write_file(path, "".join([heading, *kept]))
    else:
        path.unlink()


class TensorBoardTracker:
    """An event file in the folder's `tensorboard`; its name says when the run began, not where.

    Args:
        folder: of the run.
        agent_steps: that the run goes on from: what came later TensorBoard forgets.
    """

    def __init__(self, folder: Path, agent_steps: int = 0) -> None:
        from tensorboard.compat.proto.event_pb2 import Event, SessionLog
        from tensorboard.summary.writer.record_writer import RecordWriter

        self._event = Event
        folder = folder / "tensorboard"
        folder.mkdir(exist_ok=True)
        path = folder / f"events.out.tfevents.{time.time_ns()}"
        self._writer = RecordWriter(path.open("wb"))
        self._write(file_version="brain.Event:2")
        self._write(step=agent_steps + 1, session_log=SessionLog(status=SessionLog.START))

    def _write(self, **content: Any) -> None:
        self._writer.write(self._event(wall_time=time.time(), **content).SerializeToString())

    def log(self, table: str, agent_steps: int, figures: Mapping[str, float]) -> None:
        """Write a scalar for each figure that is known."""
        from tensorboard.compat.proto.summary_pb2 import Summary

        values = [
            Summary.Value(tag=f"{table}/{name}", simple_value=value)
            for name, value in figures.items()
            if math.isfinite(value)
        ]
        self._write(step=agent_steps, summary=Summary(value=values))

    def flush(self) -> None:
        """Let TensorBoard see it."""
        self._writer.flush()

    def close(self) -> None:
        """Close the file."""
        self._writer.close()


class MlflowTracker:
    """A run of the experiment in the folder's `mlruns`; each start, resumed or not, is one.

    Nothing leaves the machine: the store is files, and MLflow's telemetry is off.

    Args:
        folder: of the run.
        agent_steps: that the run goes on from.
        settings: kept as parameters.
    """

    def __init__(self, folder: Path, agent_steps: int, settings: Mapping[str, Any]) -> None:
        for name in ("MLFLOW_ALLOW_FILE_STORE", "MLFLOW_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
            os.environ[name] = "true"  # read when MLflow is imported
        from mlflow.tracking import MlflowClient

        self._client = MlflowClient(tracking_uri=(folder / "mlruns").resolve().as_uri())
        found = self._client.get_experiment_by_name("train")
        experiment = found.experiment_id if found else self._client.create_experiment("train")
        run = self._client.create_run(experiment, run_name=f"from step {agent_steps}")
        self._run = run.info.run_id
        for name, value in settings.items():
            self._client.log_param(self._run, name, value)

    def log(self, table: str, agent_steps: int, figures: Mapping[str, float]) -> None:
        """Write each figure that is known as a metric."""
        from mlflow.entities import Metric

        now = time.time_ns() // 10**6
        known = {name: value for name, value in figures.items() if math.isfinite(value)}
        metrics = [
            Metric(f"{table}/{name}", value, now, agent_steps) for name, value in known.items()
        ]
        self._client.log_batch(self._run, metrics=metrics)

    def flush(self) -> None:
        """Each figure is written at once."""

    def close(self) -> None:
        """The run is over."""
        self._client.set_terminated(self._run)


_EXTRAS = {"tensorboard": "train", "mlflow": "track", "csv": ""}  # that bring the library


def make_trackers(
    names: Sequence[str], folder: Path, agent_steps: int, settings: Mapping[str, Any]
) -> list[Tracker]:
    """Those of some names; CSV files are always among them, for the learning curve.

    Args:
        names: `tensorboard`, `mlflow`, `csv`.
        folder: of the run.
        agent_steps: that the run goes on from; 0 begins anew.
        settings: of the run.

    Raises:
        ValueError: in one sentence: a name is unknown, or its library missing.
    """
    makers: dict[str, Callable[[], Tracker]] = {
        "csv": lambda: CsvTracker(folder, agent_steps),
        "tensorboard": lambda: TensorBoardTracker(folder, agent_steps),
        "mlflow": lambda: MlflowTracker(folder, agent_steps, settings),
    }
    trackers = list[Tracker]()
    unknown = [name for name in names if name not in makers]
    if unknown:
        raise ValueError(f"track: expected one of {', '.join(_EXTRAS)}, not {unknown[0]!r}")
    # CSV last: what an earlier run left in the folder is not cut for one that is refused.
    for name in sorted(dict.fromkeys(["csv", *names]), key=lambda name: name == "csv"):
        try:
            trackers.append(makers[name]())
        except ImportError:
            raise ValueError(
                f"track: {name} is not installed: pip install 'marl-routing[{_EXTRAS[name]}]'"
            ) from None
    return trackers
