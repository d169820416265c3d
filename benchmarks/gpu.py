"""Env-steps a second on a CUDA device, against the number of desks.

python -m benchmarks.gpu [--scenario saas_balanced] [--steps 480] [--json FILE]

Each step, a kernel on the device draws every agent's action from its legal ones, and the desks take
the step; nothing is copied. Without a device it says so, and measures nothing.
"""

import argparse
import gc
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.desks import DEFAULT, batch
from benchmarks.machine import version_of
from marl_routing import DeskBatch, load_scenario
from marl_routing.evaluation.figures import in_short
from marl_routing.scenario.writing import write_file

ON_CPU = 1024  # desks, on one thread
SIZES = [1 << exponent for exponent in (10, 12, 14, 16, 18, 20)]
PACKAGES = ("numba", "numba-cuda", "numpy")
WARM_UP = 10


def chooser() -> Any:
    """A kernel: one thread an agent draws one of the agent's legal actions by a hash."""
    from numba import cuda

    @cuda.jit
    def choose(masks, step, actions):  # type: ignore[no-untyped-def]
        i = cuda.grid(1)
        if i < masks.shape[0] * masks.shape[1]:
            env, agent = i // masks.shape[1], i % masks.shape[1]
            legal = 0
            for action in range(masks.shape[2]):
                legal += masks[env, agent, action]
            bits = np.uint64(i * 1_000_003 + step) * np.uint64(0x9E3779B97F4A7C15)
            bits = (bits ^ (bits >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
            left = np.int64(bits >> np.uint64(33)) % legal
            for action in range(masks.shape[2]):
                left -= masks[env, agent, action]
                if left < 0:
                    actions[env, agent] = action
                    break

    return choose


def seconds(desks: Any, choose: Any, actions: Any, steps: int) -> float:
    """How long so many steps take."""
    from numba import cuda

    threads = 128
    blocks = -(-actions.size // threads)
    cuda.synchronize()
    start = time.perf_counter()
    for step in range(steps):
        choose[blocks, threads](desks.action_masks, step, actions)
        desks.step(actions)
    cuda.synchronize()
    return time.perf_counter() - start


def gigabytes(num_envs: int, scenario: str) -> float:
    """What so many desks need on the device: each record, and each row of floats, twice."""
    desks = DeskBatch(scenario)
    arrays = (desks.states, desks.observations, desks.action_masks, desks.rewards)
    return 2e-9 * num_envs * sum(array.nbytes for array in arrays)


def measure(console: Console, scenario: str, steps: int) -> list[dict[str, float]]:
    """A line for each number of desks that the device has room for."""
    from numba import cuda

    choose, figures = chooser(), []
    for num_envs in SIZES:
        gc.collect()
        free = cuda.current_context().get_memory_info()[0] / 1e9
        if gigabytes(num_envs, scenario) > 0.95 * free:
            console.print(f"{num_envs:,} desks: no room in {free:.0f} GB")
            break
        start = time.perf_counter()
        desks: Any = DeskBatch(scenario, num_envs, device="cuda")
        actions = cuda.to_device(np.zeros(desks.rewards.shape, np.int32))
        desks.reset(seed=0)
        seconds(desks, choose, actions, WARM_UP)
        ready = time.perf_counter() - start
        taken = seconds(desks, choose, actions, steps)
        rate = num_envs * steps / taken
        figures.append(
            {"desks": num_envs, "env_steps": rate, "microseconds": 1e6 * taken / steps}
            | {"agent_steps": rate * desks.num_agents, "ready": ready}
        )
        console.print(f"{num_envs:,} desks: {rate:,.0f} env-steps/s")
        del desks, actions
    return figures


def on_cpu(scenario: str) -> float:
    """Env-steps a second on one thread of the CPU, with random actions."""
    beside = batch(ON_CPU, scenario)
    beside.rate()  # what compiles has compiled
    return beside.rate() / len(load_scenario(scenario).agents.names)


def show(console: Console, figures: list[dict[str, float]], cpu: float) -> None:
    """The figures as a table."""
    columns = ("desks", "env-steps/s", "agent-steps/s", "microseconds a step", "seconds till ready")
    table = Table(*columns, title=f"on one CPU thread {cpu:,.0f} env-steps/s")
    for line in figures:
        keys = ("desks", "env_steps", "agent_steps", "microseconds", "ready")
        table.add_row(*(in_short(line[key]) for key in keys))
    console.print(table)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, where there is a device.

    Args:
        arguments: of the command line; none: this process's.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--scenario", default=DEFAULT)
    parser.add_argument("--steps", type=int, default=480)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    options = parser.parse_args(arguments)
    console = Console()
    from numba import cuda

    if not cuda.is_available():
        console.print("There is no CUDA device at hand, so nothing was measured.", soft_wrap=True)
        return
    device = cuda.get_current_device()
    name = device.name.decode() if isinstance(device.name, bytes) else str(device.name)
    packages = ", ".join(f"{package} {version_of(package)}" for package in PACKAGES)
    console.print(f"{name}, {packages}, {options.scenario}", soft_wrap=True)
    figures = measure(console, options.scenario, options.steps)
    cpu = on_cpu(options.scenario)
    show(console, figures, cpu)
    if options.json:
        record = {"device": name, "scenario": options.scenario, "cpu": cpu, "figures": figures}
        write_file(options.json, json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
