"""Learning curves, read from the tables of a run."""

from pathlib import Path

import numpy as np

from marl_routing.evaluation.learning_curve import LEARNING, POINTS, LearningCurve, read_table


def test_neighbours_are_averaged_where_there_are_many(tmp_path: Path) -> None:
    rows = [f"{step},{2.0 * step}" for step in range(10 * POINTS)]
    (tmp_path / "figures.csv").write_text("\n".join(["agent_steps,reward_per_step", *rows]) + "\n")
    curve = LearningCurve.of(tmp_path)
    assert curve is not None
    np.testing.assert_allclose(curve.steps, 10.0 * np.arange(POINTS) + 4.5)
    np.testing.assert_allclose(curve.reward, 2 * curve.steps)
    assert len(curve.checkpoints) == 0


def test_checkpoints_stand_apart(tmp_path: Path) -> None:
    heading = "agent_steps,reward,reward_per_step\n"
    (tmp_path / "figures.csv").write_text(f"{heading}5,0,-3.5\n")
    (tmp_path / "kpis.csv").write_text(f"{heading}5,0,-2.5\n10,0,nan\n")
    curve = LearningCurve.of(tmp_path)
    assert curve is not None
    np.testing.assert_array_equal(curve.checkpoints, [5, 10])
    np.testing.assert_array_equal(curve.validation, [-2.5, np.nan])


def test_a_row_that_is_being_written_is_left_out(tmp_path: Path) -> None:
    heading = "agent_steps,value,reward_per_step\n"
    for half in ("1", "10,", "10,0,-", "10,0,-3.5"):
        (tmp_path / "figures.csv").write_text(f"{heading}5,nan,-2.5\n{half}")
        assert [row["agent_steps"] for row in read_table(tmp_path, LEARNING)] == [5]


def test_of_another_folder_there_is_none(tmp_path: Path) -> None:
    assert LearningCurve.of(tmp_path / "none") is None
