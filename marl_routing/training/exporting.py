"""A learned policy as an ONNX file: to be played without PyTorch and without this package."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.policies.folders import MAPPO, read_card
from marl_routing.policies.learned import ACTOR, Learned
from marl_routing.scenario import load_scenario
from marl_routing.scenario.writing import write_whole
from marl_routing.training.networks import Actor, Layout

ROWS, LEGAL, LOGITS = "rows", "legal", "logits"  # inputs and output of the file


class _Logits(nn.Module):
    """The actor's logits: (n, actions) of (n, F) rows, where (n, actions) bool is legal."""

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self.actor = actor

    def forward(self, rows: Tensor, legal: Tensor) -> Tensor:
        logits: Tensor = self.actor(rows, legal)
        return logits


def export_onnx(folder: Path, path: Path) -> None:
    """Write the actor of a model that `train` saved with `--algo mappo`.

    The file has the inputs `rows`, float32 (n, F): agents' observations, and `legal`, bool
    (n, actions): their masks; and the output `logits`, float32 (n, actions): log-probabilities, of
    what is not legal about -1e9. What to do with them, `Learned` says: draw, or see `likeliest`.

    Args:
        folder: of the model.
        path: of the file.

    Raises:
        ValueError: the folder holds no such model, or the extra `onnx` is not installed.
    """
    try:
        import onnxscript  # noqa: F401  (PyTorch's exporter stands on it)
    except ImportError:
        raise ValueError(
            "export: ONNX needs onnxscript: pip install 'marl-routing[onnx]'"
        ) from None
    actor = load_actor(folder)
    width, _, actions = read_card(str(folder))["shape"]
    rows, legal = torch.zeros(2, width), torch.ones(2, actions, dtype=torch.bool)
    several = {0: torch.export.Dim("n")}
    with _quietly():
        program = torch.export.export(
            _Logits(actor).eval(),
            (rows, legal),
            dynamic_shapes={ROWS: several, LEGAL: several},
            strict=True,  # else the number of rows is taken for a constant
        )
        exported = torch.onnx.export(
            program,
            dynamo=True,
            verbose=False,
            input_names=[ROWS, LEGAL],
            output_names=[LOGITS],
        )
    assert exported is not None
    for node in exported.model.graph.all_nodes():
        node.metadata_props.clear()  # where in whose files each was computed
    write_whole(path, lambda temporary: exported.save(temporary, external_data=False))


def load_actor(folder: Path) -> Actor:
    """The actor whose weights `save_model` wrote.

    Raises:
        ValueError: the folder holds no model of MAPPO, or a damaged one.
    """
    card = read_card(str(folder))
    if card["algorithm"] != MAPPO:
        raise ValueError(f"export: expected a model of mappo, {folder} has {card['algorithm']}")
    Learned(str(folder))  # refuses what is damaged
    layout = Layout.of(DeskBatch(load_scenario(card["scenario"])))
    actor = Actor(layout, card["settings"]["hidden"])
    with np.load(folder / ACTOR, allow_pickle=False) as weights:
        actor.load_state_dict(
            {name: torch.from_numpy(weights[name]) for name in actor.state_dict()}
        )
    return actor


@contextmanager
def _quietly() -> Iterator[None]:
    """The exporter warns of libraries that are not needed here."""
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)
