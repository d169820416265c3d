"""What `marl-routing train` asks of an algorithm, whichever it is."""

import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from marl_routing.policies.folders import MAPPO, PARALLEL
from marl_routing.scenario import Scenario

VIEWS = (PARALLEL, "dispatcher", "triage", "conversation")
ALGORITHMS = (MAPPO, "maskable_ppo", "ppo", "a2c", "dqn")


class Trainer(Protocol):
    """An algorithm on the desks of a scenario.

    Attributes:
        settings: a dataclass of numbers.
    """

    settings: Any

    @property
    def agent_steps(self) -> int:
        """Taken so far, by all agents of all desks; of single-agent views, decisions."""

    def learn(self, agent_steps: int) -> Iterator[dict[str, float]]:
        """Learn until so many are taken.

        Yields:
            After each update its figures, the same names each time: `reward_per_step`, of a desk,
            losses and others.
        """

    def kpis(self, folder: Path) -> dict[str, float]:
        """What the desk makes of the model saved in the folder, on validation seeds."""

    def save_model(self, folder: Path) -> None:
        """Write what plays, and its card `model.json`."""

    def save_checkpoint(self, folder: Path) -> None:
        """Write all that decides how training goes on."""

    def load_checkpoint(self, folder: Path) -> None:
        """Go on from a checkpoint; ValueError if there is none, or it is of something else."""


def make_trainer(algorithm: str, view: str, scenario: Scenario, settings: list[str]) -> Trainer:
    """A trainer with desks of its own.

    Args:
        algorithm: of `ALGORITHMS`.
        view: of `VIEWS`.
        scenario: the desk.
        settings: `name=value`, of the algorithm's settings.

    Raises:
        ValueError: in one sentence: something is unknown, does not go together, or is missing.
    """
    for field, given, known in (("algo", algorithm, ALGORITHMS), ("view", view, VIEWS)):
        if given not in known:
            raise ValueError(f"{field}: expected one of {', '.join(known)}, not {given!r}")
    if algorithm != MAPPO and view == PARALLEL and scenario.protocol.kind == "bid":
        raise ValueError(f"algo: {algorithm} needs agents that accept, {scenario.name} has bids")
    if algorithm == MAPPO and view != PARALLEL:
        raise ValueError(f"algo: mappo learns in the view parallel only, not {view}")
    if algorithm == "dqn" and view == "triage":
        raise ValueError("algo: dqn needs one number an action, and triage has three")
    try:
        if algorithm == MAPPO:
            from marl_routing.training.mappo_trainer import MappoTrainer

            return MappoTrainer(scenario, settings)
        from marl_routing.training.stable_baselines import StableTrainer

        return StableTrainer(algorithm, view, scenario, settings)
    except ImportError as error:
        raise ValueError(
            f"train needs {error.name or 'PyTorch'}: pip install 'marl-routing[train]'"
        ) from error


def read_settings(defaults: Any, texts: list[str]) -> dict[str, int | float | str]:
    """Values of some of a dataclass's fields, from `name=value`.

    Args:
        defaults: an instance; a value is of the kind that its field has there.
        texts: each names a field.
    """
    known = asdict(defaults)
    values: dict[str, int | float | str] = {}
    for text in texts:
        name, _, value = text.partition("=")
        if name not in known:
            raise ValueError(f"setting: no {name!r}; expected one of {', '.join(known)}")
        is_text = isinstance(known[name], str)
        values[name] = value if is_text else _number(name, known[name], value)
    return values


def _number(name: str, default: int | float, text: str) -> int | float:
    """Read a number; only a whole one that is 0 if nothing is said may be 0."""
    kind, least = type(default), int(isinstance(default, int) and default > 0)
    try:
        number = kind(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number >= least):
        expected = f"expected a number ({kind.__name__}) of at least {least}, not {text!r}"
        raise ValueError(f"setting {name}: {expected}")
    return number
