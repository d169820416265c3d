"""`DeskBatch` takes a scenario in any of its forms."""

import numpy as np
import pytest

from marl_routing import DeskBatch, ScenarioError, load_scenario


def test_name_and_object_are_one_desk():
    by_name = DeskBatch("small_desk", num_envs=2)
    by_object = DeskBatch(load_scenario("small_desk"), num_envs=2)
    np.testing.assert_array_equal(by_name.reset(seed=1), by_object.reset(seed=1))
    assert by_name.scenario == by_object.scenario
    assert by_name.autoreset


def test_the_default_is_the_default_scenario():
    assert DeskBatch().scenario.name == "saas_balanced"


def test_a_bad_name_or_size_is_one_sentence():
    with pytest.raises(ScenarioError, match="unknown scenario"):
        DeskBatch("no_such_desk")
    with pytest.raises(ValueError, match="num_envs"):
        DeskBatch("small_desk", num_envs=0)


def test_another_device_is_refused():
    with pytest.raises(ValueError, match="device: expected 'cpu' or 'cuda', got 'tpu'"):
        DeskBatch("small_desk", device="tpu")
