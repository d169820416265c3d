"""What training leaves behind: a model that plays, and a checkpoint to go on from."""

import json
import platform
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

from marl_routing import __version__
from marl_routing.policies.learned import ACTOR, CARD
from marl_routing.scenario.writing import write_file, write_whole
from marl_routing.training.mappo import Learner

CHECKPOINT = "checkpoint.pt"
_LIBRARIES = ("numpy", "numba", "torch")


def save_model(learner: Learner, folder: Path) -> None:
    """Write what `policies.learned.Learned` plays: the actor's weights, and what they are of."""
    actor = learner.actor
    tensors = {**dict(actor.named_parameters()), **dict(actor.named_buffers())}
    weights = {name: tensor.detach().numpy() for name, tensor in tensors.items()}
    sizes = learner.desks.parameters.sizes
    card = {
        "algorithm": "mappo",
        "scenario": learner.desks.scenario.to_dict(),
        "digest": learner.desks.scenario.digest,
        "settings": asdict(learner.settings),
        "agent_steps": learner.agent_steps,
        "shape": [sizes.observed, sizes.slots, sizes.actions],
        "versions": {
            "marl-routing": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in _LIBRARIES},
        },
    }
    write_whole(folder / ACTOR, lambda path: np.savez(path, allow_pickle=False, **weights))
    write_file(folder / CARD, json.dumps(card, indent=2) + "\n")


def save_checkpoint(learner: Learner, folder: Path) -> None:
    """Write everything that decides how training goes on."""
    data = learner.state() | {"settings": asdict(learner.settings)}
    data["digest"] = learner.desks.scenario.digest
    write_whole(folder / CHECKPOINT, lambda path: torch.save(data, path))


def load_checkpoint(learner: Learner, folder: Path) -> None:
    """Go on from a checkpoint.

    Raises:
        ValueError: if there is none, or it is of another scenario or other settings.
    """
    path = folder / CHECKPOINT
    if not path.is_file():
        raise ValueError(f"resume: expected {CHECKPOINT} in {folder}")
    data = torch.load(path, weights_only=True)
    for field, given in (
        ("digest", learner.desks.scenario.digest),
        ("settings", asdict(learner.settings)),
    ):
        if data[field] != given:
            name = "scenario" if field == "digest" else field
            raise ValueError(f"resume: the checkpoint in {folder} is of another {name}")
    learner.restore(data)
