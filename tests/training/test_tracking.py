"""Trackers: what they wrote is read back, and a run that goes on leaves nothing twice."""

import math
import sys
from pathlib import Path

import pytest

from marl_routing.evaluation.learning_curve import DESK, LEARNING, read_table
from marl_routing.training.tracking import make_trackers

FIGURES = {"reward_per_step": -2.5, "value": math.nan}


def steps(folder: Path, table: str = LEARNING) -> list[float]:
    return [row["agent_steps"] for row in read_table(folder, table)]


def run(folder: Path, names: list[str], start: int, *reached: int) -> None:
    trackers = make_trackers(names, folder, start, {"gamma": 0.99})
    for tracker in trackers:
        for number in reached:
            tracker.log(LEARNING, number, FIGURES)
        tracker.log(DESK, reached[-1], {"occupancy": 0.5})
        tracker.flush()
        tracker.close()


def test_rows_beyond_the_checkpoint_are_cut(tmp_path: Path) -> None:
    run(tmp_path, ["csv"], 0, 10, 20, 30)
    with (tmp_path / "figures.csv").open("a") as file:
        file.write("40,-")  # killed amid a row
    run(tmp_path, [], 20, 30, 40)
    assert steps(tmp_path) == [10, 20, 30, 40]
    assert b"\r" not in (tmp_path / "figures.csv").read_bytes()
    assert steps(tmp_path, DESK) == [40]
    assert read_table(tmp_path, LEARNING)[0]["reward_per_step"] == -2.5
    run(tmp_path, [], 0, 10)
    assert steps(tmp_path) == [10]
    assert not (tmp_path / "tensorboard").exists()


def test_tensorboard_reads_each_step_once(tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    run(tmp_path, ["tensorboard"], 0, 10, 20, 30)
    run(tmp_path, ["tensorboard"], 20, 30, 40)
    found = accumulator.EventAccumulator(str(tmp_path / "tensorboard"))
    found.Reload()
    events = found.Scalars("figures/reward_per_step")
    assert [event.step for event in events] == [10, 20, 30, 40]
    assert events[0].value == -2.5
    assert found.Scalars("kpis/occupancy")[-1].value == 0.5
    assert "figures/value" not in found.Tags()["scalars"]


def test_mlflow_keeps_a_run_for_each_start(tmp_path: Path) -> None:
    pytest.importorskip("mlflow")
    run(tmp_path, ["mlflow"], 0, 10, 20)
    run(tmp_path, ["mlflow", "mlflow"], 20, 30)
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=(tmp_path / "mlruns").as_uri())
    found = client.get_experiment_by_name("train")
    assert found is not None
    runs = client.search_runs([found.experiment_id], order_by=["attributes.start_time ASC"])
    assert [one.info.run_name for one in runs] == ["from step 0", "from step 20"]
    assert runs[0].data.params == {"gamma": "0.99"}
    history = client.get_metric_history(runs[0].info.run_id, "figures/reward_per_step")
    assert [(one.step, one.value) for one in history] == [(10, -2.5), (20, -2.5)]


@pytest.mark.parametrize(("name", "extra"), [("tensorboard", "train"), ("mlflow", "track")])
def test_a_missing_library_names_its_extra(
    name: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path, ["csv"], 0, 10)
    for module in [module for module in sys.modules if module.partition(".")[0] == name]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ValueError, match=rf"{name} is not installed.*\[{extra}\]"):
        make_trackers(["csv", name], tmp_path, 0, {})
    assert steps(tmp_path) == [10]


def test_an_unknown_tracker_is_refused(tmp_path: Path) -> None:
    run(tmp_path, ["csv"], 0, 10)
    with pytest.raises(ValueError, match="expected one of tensorboard, mlflow, csv"):
        make_trackers(["csv", "wandb"], tmp_path, 0, {})
    assert steps(tmp_path) == [10]
