"""Where and with what something was measured."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import marl_routing
from benchmarks.environments import HERE

PACKAGES = ("numpy", "numba", "pettingzoo", "supersuit", "stable-baselines3", "torch")


def machine(repetitions: int) -> dict[str, str]:
    """This machine, this Python, this package and what it stands on."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return {
        "processor": processor(),
        "load at the start": load,
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "marl_routing": marl_routing.__version__,
        **{name: version_of(name) for name in PACKAGES},
        "repetitions": str(repetitions),
    }


def processor() -> str:
    """This machine's, and its cores."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{models[0] if models else platform.processor()}, {os.cpu_count()} cores"


def peers() -> dict[str, str]:
    """What is installed for each peer."""
    return {file.stem: ", ".join(file.read_text().split()) for file in sorted(HERE.glob("*.txt"))}


def version_of(name: str) -> str:
    """Of an installed package."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
