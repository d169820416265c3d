"""The batch's own memory as rows: the same bytes, until the batch goes on in other arrays."""

import subprocess
import sys

import numpy as np
import pytest

import marl_routing
from marl_routing import DeskBatch
from marl_routing.vector import SharedRows, shared_rows, shared_tensors
from tests.vector.playing import DESKS, SHORT


def test_rows_and_tensors_are_the_batchs_memory():
    desks = DeskBatch(SHORT, DESKS)
    rows, tensors = shared_rows(desks), shared_tensors(desks)
    desks.reset(seed=0)
    desks.step(np.ones((DESKS, 2), np.int32))
    for name in SharedRows._fields:
        own, array, tensor = (getattr(one, name) for one in (desks, rows, tensors))
        assert array.shape == tuple(tensor.shape) == (2 * DESKS, *own.shape[2:])
        assert array.dtype == own.dtype
        assert np.shares_memory(array, own)
        assert tensor.data_ptr() == own.ctypes.data
        np.testing.assert_array_equal(tensor.numpy(), own.reshape(array.shape))
    assert rows.observations.any()


def test_a_step_writes_over_them_and_renewing_leaves_them():
    desks = DeskBatch(SHORT, DESKS)
    desks.reset(seed=0)
    passes = np.zeros((DESKS, 2), np.int32)
    rows = shared_rows(desks)
    before = rows.observations.copy()
    desks.step(passes)
    assert not np.array_equal(rows.observations, before)
    left = rows.observations.copy()
    desks.renew()
    desks.step(passes)
    np.testing.assert_array_equal(rows.observations, left)
    assert not np.array_equal(shared_rows(desks).observations, left)
    desks.renew(copy=True)
    np.testing.assert_array_equal(desks.observations.ravel(), shared_rows(desks)[0].ravel())


@pytest.mark.parametrize(
    ("missing", "use"),
    [
        ("stable_baselines3", "marl_routing.vector.SharedPolicyVecEnv"),
        ("torch", "marl_routing.vector.shared_tensors(marl_routing.DeskBatch())"),
    ],
)
def test_a_missing_library_is_named_with_its_extra(missing, use):
    code = f"import sys; sys.modules[{missing!r}] = None; import marl_routing; {use}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'marl-routing[train]'" in done.stderr.splitlines()[-1]


def test_no_other_name_is_there():
    with pytest.raises(AttributeError, match="has no attribute 'VecEnv'"):
        marl_routing.vector.VecEnv  # noqa: B018
