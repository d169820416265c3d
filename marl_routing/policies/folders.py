"""Folders that `marl-routing train` saved: what is in them, and the policy that plays it."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from marl_routing.policies.learned import ACTOR, CARD, Learned
from marl_routing.policies.policy import Policy
from marl_routing.policies.saved_model import CLASSES, MODEL, SavedModel
from marl_routing.scenario import Scenario, load_scenario

FILES = (CARD, ACTOR, MODEL)  # of a saved model, of which each algorithm has two
MAPPO = "mappo"  # the algorithm of `training.mappo`
PARALLEL = "parallel"  # the view in which every agent acts


def read_card(folder: str) -> dict[str, Any]:
    """What `model.json` says of a model: algorithm, view, scenario, settings and more.

    Raises:
        ValueError: if it cannot be read.
    """
    try:
        card: dict[str, Any] = json.loads((Path(folder) / CARD).read_text(encoding="utf-8"))
        return {"algorithm": MAPPO, "view": PARALLEL} | card
    except Exception as error:  # whatever reading a damaged file may raise
        raise ValueError(
            f"policy {folder}: expected the folder of a saved model, {CARD} with what it is of "
            f"({type(error).__name__}: {error})"
        ) from error


def trained_on(policy: str) -> Scenario:
    """The scenario that a model learned on.

    Args:
        policy: as `load_policy` reads it.

    Raises:
        ValueError: if it is no folder of a model.
    """
    folder = policy.partition(":")[0]
    if not (Path(folder) / CARD).is_file():
        raise ValueError(f"scenario: expected one, for {policy} is no folder of a saved model")
    return load_scenario(read_card(folder)["scenario"])


def of_folder(folder: str) -> Callable[..., Policy]:
    """What builds the policy of a folder."""
    card = read_card(folder)
    if card["view"] != PARALLEL:
        raise ValueError(
            f"policy {folder}: a model of the view {card['view']} decides for a whole desk; "
            f"only one of the view {PARALLEL} is a policy of its agents"
        )
    if card["algorithm"] in CLASSES:
        return partial(SavedModel, str(Path(folder) / MODEL), CLASSES[card["algorithm"]])
    return partial(Learned, folder)
