"""The benchmark of the GPU says that there is no device; the CPU beside it plays the same desk."""

import pytest
from numba import cuda

from benchmarks import gpu
from benchmarks.contender import Contender
from marl_routing import load_scenario


@pytest.mark.skipif(cuda.is_available(), reason="there is a CUDA device")
def test_without_a_device_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    gpu.main([])
    assert capsys.readouterr().out == "There is no CUDA device at hand, so nothing was measured.\n"


def test_the_cpu_plays_the_same_scenario_in_env_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def batch(num_envs: int, scenario: str) -> Contender:
        asked.append((num_envs, scenario))
        return Contender(num_envs, lambda: None)

    monkeypatch.setattr(gpu, "batch", batch)
    monkeypatch.setattr(Contender, "rate", lambda _: 600.0)
    agents = len(load_scenario("small_desk").agents.names)
    assert gpu.on_cpu("small_desk") == 600.0 / agents
    assert asked == [(gpu.ON_CPU, "small_desk")]
