"""What every example of a library ends with."""

import numpy as np
import pytest

from marl_routing import DeskBatch
from marl_routing.training.trial import RowPolicy, Trained, trial
from marl_routing.vector.rows import as_rows
from tests.compat.results import read_figures
from tests.vector.playing import SHORT


def test_a_function_of_rows_is_a_policy():
    """Rows in order of desks, then agents; an illegal choice passes, a legal one stays."""
    desks = DeskBatch(SHORT, num_envs=3)
    desks.reset(seed=0)
    chosen = np.array([1, 0, 3, 2, 1, 4])

    def choose(rows, masks):
        np.testing.assert_array_equal(rows, as_rows(desks.observations))
        np.testing.assert_array_equal(masks, as_rows(desks.action_masks))
        return chosen

    policy = RowPolicy(choose)
    policy.observe(desks.observations)
    actions = policy.act(desks.view(), desks.action_masks)
    legal = as_rows(desks.action_masks)[np.arange(6), chosen] == 1
    assert set(legal) == {True, False}
    np.testing.assert_array_equal(actions, np.where(legal, chosen, 0).reshape(3, 2))
    assert actions.dtype == np.int32


def test_a_trial_trains_compares_and_tells(monkeypatch, capsys):
    asked = []

    def train(scenario, steps):
        asked.append((scenario, steps))
        return Trained(640, lambda rows, masks: masks[:, ::-1].argmax(axis=1))

    monkeypatch.setattr("sys.argv", ["example", "--steps", "600"])
    trial(train, "An example.")
    assert asked == [("small_desk", 600)]
    printed = capsys.readouterr().out
    assert "same tickets for every policy" in printed
    assert read_figures(printed)[0] == 640


def test_figures_are_read_from_the_last_line():
    said = "a library's greeting\n4096 agent-steps in 1.50 s, 1.25 s of this processor\n"
    assert read_figures(said) == (4096, 1.5, 1.25)
    with pytest.raises(ValueError, match="last line"):
        read_figures(said + "bye\n")
    with pytest.raises(ValueError, match="last line"):
        read_figures("")
