"""How fast the desk is: ratios measured in one run, medians of several repetitions, one thread.

python benchmarks/speed.py [--repetitions 5] [--json FILE]     the table of figures and targets
python benchmarks/speed.py --against REV                       another revision beside this one
"""

import argparse
import json
import os
import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

from rich.console import Console
from rich.progress import track
from rich.table import Table

import against
import contenders
import marl_routing
from fresh_process import starts
from marl_routing.calibration.write import write_file
from marl_routing.evaluation.figures import in_short

PACKAGES = ("numpy", "numba", "pettingzoo", "mpe2")


class Figure(NamedTuple):
    """One line of the table."""

    name: str
    value: float
    target: str = ""
    met: bool | None = None


def at_least(name: str, value: float, least: float) -> Figure:
    return Figure(name, value, f">= {least:,g}", value >= least)


def below(name: str, value: float, limit: float) -> Figure:
    return Figure(name, value, f"< {limit:g}", value < limit)


def measure(repetitions: int) -> list[Figure]:
    """Every figure, each contender and each start once a repetition, in turn."""
    builders: dict[str, Callable[[], contenders.Contender]] = {
        "batch_1024": lambda: contenders.desk_batch(1024),
        "batch_256": lambda: contenders.desk_batch(256),
        "default_ruled": lambda: contenders.busy_batch(contenders.SCENARIO),
        "everything_ruled": lambda: contenders.busy_batch(contenders.EVERYTHING),
        "everything": contenders.everything_at_random,
        "support": lambda: contenders.busy_batch("support_bfsi", "table_greedy"),
        "parallel": contenders.parallel_env,
        "oracle": contenders.oracle,
        "spread": contenders.simple_spread,
    }
    ready = {name: build() for name, build in builders.items()}
    rates: dict[str, list[float]] = {name: [] for name in ready}
    fresh = []
    for _ in track(range(repetitions), "Measuring", console=Console(stderr=True)):
        for name, contender in ready.items():
            rates[name].append(contender.rate())
        fresh.append(starts())
    env_steps = {name: median(seen) for name, seen in rates.items()}
    agent_steps = {name: env_steps[name] * ready[name].num_agents for name in ready}
    speeds = [Figure(f"{ready[n].name}: agent-steps/s", agent_steps[n]) for n in ready]
    return speeds + ratios(env_steps, agent_steps) + waits(fresh)


def ratios(env_steps: dict[str, float], agent_steps: dict[str, float]) -> list[Figure]:
    """What the targets speak of: ratios within this run."""
    spread, oracle = agent_steps["spread"], env_steps["oracle"]
    return [
        at_least(
            "batch of 1024 / simple_spread, agent-steps", agent_steps["batch_1024"] / spread, 2000
        ),
        at_least(
            "parallel env / simple_spread, agent-steps", agent_steps["parallel"] / spread, 100
        ),
        at_least("batch of 256 / plain Python, env-steps", env_steps["batch_256"] / oracle, 250),
        at_least(
            "everything_on / default under best_skill, batches of 256, env-steps",
            env_steps["everything_ruled"] / env_steps["default_ruled"],
            0.4,
        ),
        at_least(
            "support_bfsi under table_greedy / default under best_skill, env-steps",
            env_steps["support"] / env_steps["default_ruled"],
            0.5,
        ),
        Figure(
            "everything_on / default under random actions, batches of 256, env-steps",
            env_steps["everything"] / env_steps["batch_256"],
        ),
        Figure("batch of 1024 / plain Python, env-steps", env_steps["batch_1024"] / oracle),
        Figure("parallel env / plain Python, env-steps", env_steps["parallel"] / oracle),
        below("parallel env: milliseconds a step", 1000 / env_steps["parallel"], 1),
    ]


def waits(fresh: list[dict[str, dict[str, float]]]) -> list[Figure]:
    """Memory, and seconds from starting a process to its first step."""

    def middle(start: str, key: str) -> float:
        return median(seen[start][key] for seen in fresh)

    return [
        below("megabytes of the first instance", middle("warm", "first_instance"), 100),
        Figure("megabytes of each further instance", middle("warm", "further_instance")),
        below("seconds to the first step, cold", middle("cold", "seconds"), 15),
        below("seconds to the first step, warm", middle("warm", "seconds"), 1),
    ]


def machine() -> dict[str, str]:
    """Where and with what this was measured."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": f"{models[0] if models else platform.processor()}, {os.cpu_count()} cores",
        "load": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "system": platform.platform(),
        "python": platform.python_version(),
        "marl_routing": marl_routing.__version__,
        **{name: version(name) for name in PACKAGES},
    }


def show(console: Console, figures: list[Figure]) -> None:
    table = Table("figure", "median", "target", "met")
    for name, value, target, met in figures:
        table.add_row(name, in_short(value), target, {None: "", True: "yes", False: "no"}[met])
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--against", metavar="REV", help="a git revision to run beside this one")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    options = parser.parse_args()
    console = Console()
    where = machine()
    console.print(", ".join(f"{key} {value}" for key, value in where.items()), soft_wrap=True)
    if options.against:
        sides = against.compare(options.against, options.repetitions)
        figures = [Figure(name, value) for name, value in sides.items()]
    else:
        figures = measure(options.repetitions)
    show(console, figures)
    if options.json:
        record = {"machine": where, "figures": [figure._asdict() for figure in figures]}
        write_file(options.json, json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
