"""A trained actor as a policy: read from its folder, played with NumPy alone."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.policy import Actions, Masks, ObservingPolicy
from marl_routing.scenario import Scenario, compile_scenario

ACTOR, CARD = "actor.npz", "model.json"  # the files of a saved model
SAMPLED = "sampled"  # of the card: whether drawing did better than taking the likeliest
FORBIDDEN = -1e9  # logit of what the mask forbids
FAR = 5.0  # standard deviations at which inputs are clipped

Floats = NDArray[np.float32]


class Learned(ObservingPolicy):
    """A policy that `marl_routing.training` saved: each agent acts on its own observation.

    Where agents bid, it bids 1 for what it would accept.

    Args:
        folder: of the model.
        sampled: 1 draws actions as in training; 0 takes the likeliest, see `likeliest`; -1 does
            what did better in validation. Agents that are alike want the same tickets, unless they
            draw.

    Raises:
        ValueError: if there is no such model, or its files are damaged.
    """

    def __init__(self, folder: str, sampled: int = -1) -> None:
        if sampled not in (-1, 0, 1):
            raise ValueError(f"policy {folder}: sampled: expected -1, 0 or 1, not {sampled}")
        self.name = folder
        card, self._weights = _read(Path(folder))
        self._shape, self.sampled = card["shape"], card["sampled"] if sampled < 0 else sampled
        self.reset(0)

    def reset(self, seed: int) -> None:
        """Forget everything; desk i then draws from `seed + i`."""
        self._seed, self._draws = seed, list[np.random.Generator]()

    def fits(self, scenario: Scenario) -> bool:
        """Whether observations and actions are those that it was trained on."""
        sizes = compile_scenario(scenario).sizes
        shape = [sizes.observed, sizes.slots, sizes.actions]
        return bool(shape == self._shape)

    def observe(self, observations: Floats) -> None:
        """(N, A, F) float32."""
        self._seen = observations

    def act(self, view: DeskView, masks: Masks) -> Actions:
        """(N, A) int32 actions, all legal; two agents may want one ticket."""
        desk, agent = np.nonzero(masks.sum(axis=2) > 1)
        logits = self.logits(self._seen[desk, agent])
        logits[masks[desk, agent] == 0] = FORBIDDEN
        actions: Actions = np.zeros(masks.shape[:2], np.int32)
        if self.sampled:  # Gumbel's way to draw from a softmax
            drawn = logits - np.log(-np.log(self._uniforms(masks.shape)[desk, agent]))
            actions[desk, agent] = drawn.argmax(axis=1)
        else:
            actions[desk, agent] = likeliest(logits)
        return actions

    def logits(self, rows: Floats) -> Floats:
        """(n, actions) of (n, F) observations: what `training.networks.Actor` computes."""
        w = self._weights
        inputs = (rows - w["normal.mean"]) / np.sqrt(w["normal.variance"] + np.float32(1e-6))
        inputs = inputs.clip(-FAR, FAR)[:, w["columns"]]
        width = w["context.0.weight"].shape[1]
        context = np.tanh(_linear(w, "context.0", inputs[:, :width]))
        context = np.tanh(_linear(w, "context.2", context))
        tickets = inputs[:, width:].reshape(-1, len(w["place"]), w["ticket.weight"].shape[1])
        answers = np.maximum(_linear(w, "ticket", tickets) + w["place"], 0)
        scores = (answers @ _linear(w, "question", context)[:, :, None])[:, :, 0]
        others = _linear(w, "others", context)
        together: Floats = np.concatenate([others[:, :1], scores, others[:, 1:]], axis=1)
        return together

    def _uniforms(self, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """(N, A, actions) in (0, 1), each desk's of its own seed."""
        for desk in range(len(self._draws), shape[0]):
            self._draws.append(np.random.default_rng([self._seed + desk]))
        draws = [rng.random(shape[1:]) for rng in self._draws[: shape[0]]]
        return np.maximum(np.stack(draws), np.finfo(np.float64).tiny)


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a saved model says of itself, and its weights."""
    try:
        card = {SAMPLED: 0} | json.loads((folder / CARD).read_text(encoding="utf-8"))
        list(card["shape"])
        with np.load(folder / ACTOR, allow_pickle=False) as weights:
            return card, dict(weights)
    except Exception as error:  # whatever reading damaged files may raise
        raise ValueError(
            f"policy {folder}: expected the folder of a saved model, {CARD} with its shape and "
            f"{ACTOR} with its weights ({type(error).__name__}: {error})"
        ) from error


def likeliest(logits: Floats) -> NDArray[np.int64]:
    """(n,) actions of (n, actions) logits: pass if that is likelier than all else together.

    Else agents would pass while three tickets alike share the probability of being taken.
    """
    acts = np.logaddexp.reduce(logits[:, 1:], axis=1) > logits[:, 0]
    return np.where(acts, 1 + logits[:, 1:].argmax(axis=1), 0)


def _linear(weights: dict[str, Any], name: str, inputs: Floats) -> Floats:
    outputs: Floats = inputs @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    return outputs
