"""The desks on a CUDA device: compiled without one, run in numba's simulator, and where one is."""

import os
import pickle
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from marl_routing import DeskBatch, load_scenario
from marl_routing.core.compiler import COMPILED
from marl_routing.scenario import compile_scenario
from tests.core.cuda_play import assert_alike, play, record_tape

pytest.importorskip("numba_cuda", reason="the extra `gpu` is not installed")
if not COMPILED:
    pytest.skip("nothing is compiled", allow_module_level=True)

from numba import cuda

from marl_routing.core.gpu import kernels
from marl_routing.core.gpu.batch import argument_types
from marl_routing.core.gpu.functions import compile_ptx

at_hand = pytest.mark.skipif(not cuda.is_available(), reason="no CUDA device at hand")
STEPS = {"small_desk": 20, "engineering_triage": 20, "auction_desk": 20, "support_bfsi": 4}


def ptx_of(scenario: str, capability: tuple[int, int]) -> str:
    """A scenario's tick for a kind of device, which needs nothing from elsewhere."""
    types = argument_types(compile_scenario(load_scenario(scenario)))
    ptx = compile_ptx(kernels.run_desks, types, capability)
    assert ".target sm_{}{}".format(*capability) in ptx
    assert ptx.count(".entry") == 1
    assert "run_desks" in ptx
    assert ".extern" not in ptx
    assert not re.search(r"\bfma\.", ptx)  # it rounds as the CPU does
    return ptx


@pytest.mark.parametrize("capability", [(8, 0), (9, 0)], ids=["sm_80", "sm_90"])
def test_the_tick_compiles(capability: tuple[int, int]) -> None:
    """The default desk's calls nothing and keeps all in registers."""
    ptx = ptx_of("saas_balanced", capability)
    assert not re.search(r"^\s*call", ptx, re.MULTILINE)
    assert ".local" not in ptx


@pytest.mark.parametrize("scenario", ["everything_on", "support_bfsi"])
def test_the_tick_of_a_rich_desk_compiles(scenario: str) -> None:
    """What is not inlined is our own, and next to nothing is kept on the stack."""
    ptx = ptx_of(scenario, (9, 0))
    called = re.findall(r"^\s*call\S* [^,]*,\s*(\w+)", ptx, re.MULTILINE)
    assert len(called) <= 4
    assert all(name.startswith("_ZN12marl_routing4core") for name in called)
    assert sum(map(int, re.findall(r"\.local .*\[(\d+)\];", ptx))) <= 64  # bytes


def test_the_simulator_agrees_with_the_cpu(root: Path, tmp_path: Path) -> None:
    """Plain accepts, verbs, bids and conversations, in one process of the simulator."""
    tapes, file = [record_tape(name, steps) for name, steps in STEPS.items()], tmp_path / "tapes"
    file.write_bytes(pickle.dumps([tuple(tape) for tape in tapes]))
    flags = {"NUMBA_ENABLE_CUDASIM": "1", "NUMBA_DISABLE_JIT": "1", "PYTHONWARNINGS": "ignore"}
    subprocess.run(
        [sys.executable, "-m", "tests.core.cuda_play", str(file)],
        cwd=root,
        env=os.environ | flags,
        check=True,
    )
    for tape, played in zip(tapes, pickle.loads(file.read_bytes()), strict=True):
        assert_all_alike(play(tape, "cpu"), played)


def assert_all_alike(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> None:
    assert len(ours) == len(theirs) > 0
    assert any("final_tickets" in seen for seen in ours)
    for seen, seen_there in zip(ours, theirs, strict=True):
        assert seen.keys() == seen_there.keys()
        for name in seen:
            assert_alike(seen[name], seen_there[name], name)


@at_hand
@pytest.mark.parametrize(
    "scenario", ["saas_balanced", "everything_on", "auction_desk", "support_bfsi"]
)
def test_the_device_agrees_with_the_cpu(scenario: str) -> None:
    tape = record_tape(scenario, 20, envs=100)
    assert_all_alike(play(tape, "cpu"), play(tape, "cuda"))


@at_hand
def test_torch_shares_the_memory() -> None:
    torch = pytest.importorskip("torch")
    desks, beside = DeskBatch("saas_balanced", 64, device="cuda"), DeskBatch("saas_balanced", 64)
    beside.reset(seed=1)
    masks = torch.as_tensor(desks.action_masks, device="cuda")
    observations = torch.as_tensor(desks.reset(seed=1), device="cuda")
    assert masks.data_ptr() == desks.action_masks.__cuda_array_interface__["data"][0]
    for _ in range(20):
        actions = masks.int().argmax(dim=2)  # int64
        desks.step(actions)
        beside.step(actions.cpu().numpy())
        np.testing.assert_array_equal(observations.cpu().numpy(), beside.observations)


@pytest.mark.skipif(cuda.is_available(), reason="there is a CUDA device")
def test_without_a_device_it_says_so() -> None:
    with pytest.raises(RuntimeError, match="device: expected a CUDA device"):
        DeskBatch("small_desk", device="cuda")


@pytest.mark.parametrize("option", ["num_threads", "reward_terms", "record"])
def test_what_only_the_cpu_can_is_refused(option: str) -> None:
    with pytest.raises(ValueError, match=f"{option}: expected with device='cpu' only"):
        DeskBatch("small_desk", device="cuda", **{option: 1})


def test_without_the_extra_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(name: str) -> Any:
        return None if name == "numba_cuda" else find_spec(name)

    monkeypatch.setattr("importlib.util.find_spec", without)
    loaded = [name for name in sys.modules if ".gpu" in name or "cuda_desk_batch" in name]
    for name in loaded:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ImportError, match=r"marl-routing\[gpu\]"):
        DeskBatch("small_desk", device="cuda")
