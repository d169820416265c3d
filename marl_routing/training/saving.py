"""What training leaves behind: a model that plays, and a checkpoint to go on from."""

import json
import platform
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch

from marl_routing import __version__
from marl_routing.policies.folders import MAPPO, PARALLEL
from marl_routing.policies.learned import ACTOR, CARD
from marl_routing.scenario import Scenario
from marl_routing.scenario.writing import write_file, write_whole
from marl_routing.training.mappo import Learner

CHECKPOINT = "checkpoint.pt"


def save_model(learner: Learner, folder: Path) -> None:
    """Write what `policies.learned.Learned` plays: the actor's weights, and what they are of."""
    actor = learner.actor
    tensors = {**dict(actor.named_parameters()), **dict(actor.named_buffers())}
    weights = {name: tensor.detach().numpy() for name, tensor in tensors.items()}
    sizes = learner.desks.parameters.sizes
    write_whole(folder / ACTOR, lambda path: np.savez(path, allow_pickle=False, **weights))
    card = describe(learner.desks.scenario, learner.settings, learner.agent_steps)
    card["shape"] = [sizes.observed, sizes.slots, sizes.actions]
    card["teacher"] = None if learner.teacher is None else learner.teacher.rule.name
    write_card(folder, {"algorithm": MAPPO, "view": PARALLEL, **card})


def describe(
    scenario: Scenario, settings: Any, agent_steps: int, libraries: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What every model's card says, whichever algorithm it is of.

    Args:
        scenario: that it learned on.
        settings: a dataclass.
        agent_steps: that it learned from.
        libraries: beside NumPy, Numba and PyTorch, whose versions matter.
    """
    return {
        "scenario": scenario.to_dict(),
        "digest": scenario.digest,
        "settings": asdict(settings),
        "agent_steps": agent_steps,
        "versions": {
            "marl-routing": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "numba", "torch", *libraries)},
        },
    }


def write_card(folder: Path, card: dict[str, Any]) -> None:
    """Write `model.json`."""
    write_file(folder / CARD, json.dumps(card, indent=2) + "\n")


def save_checkpoint(learner: Learner, folder: Path) -> None:
    """Write everything that decides how training goes on."""
    write_checkpoint(folder, learner.state(), learner.desks.scenario, learner.settings)


def load_checkpoint(learner: Learner, folder: Path) -> None:
    """Go on from a checkpoint.

    Raises:
        ValueError: if there is none, or it is of another scenario or other settings.
    """
    learner.restore(read_checkpoint(folder, learner.desks.scenario, learner.settings))


def write_checkpoint(
    folder: Path, state: dict[str, Any], scenario: Scenario, settings: Any
) -> None:
    """Write a state of tensors and numbers, and what it is of."""
    data = state | {"settings": asdict(settings), "digest": scenario.digest}
    write_whole(folder / CHECKPOINT, lambda path: torch.save(data, path))


def read_checkpoint(folder: Path, scenario: Scenario, settings: Any) -> dict[str, Any]:
    """What `write_checkpoint` wrote.

    Raises:
        ValueError: if there is none, it is damaged, or of another scenario or other settings.
    """
    path = folder / CHECKPOINT
    if not path.is_file():
        raise ValueError(f"resume: expected {CHECKPOINT} in {folder}")
    try:
        data: dict[str, Any] = torch.load(path, weights_only=True)
    except Exception as error:  # whatever reading a damaged file may raise
        raise ValueError(
            f"resume: {path} is no checkpoint ({type(error).__name__}: {error})"
        ) from error
    expected = {"digest": scenario.digest, "settings": asdict(settings)}
    for field, name in (("digest", "scenario"), ("settings", "settings")):
        if data[field] != expected[field]:
            raise ValueError(f"resume: the checkpoint in {folder} is of another {name}")
    return data
