"""A saved model of Stable-Baselines3 as a policy: every agent acts on its own observation."""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.policy import Actions, Masks, ObservingPolicy
from marl_routing.scenario import Scenario, compile_scenario

MASKABLE = "MaskablePPO"
MODEL = "model.zip"  # the file in a folder that `marl-routing train` saved
CLASSES = {"maskable_ppo": MASKABLE, "ppo": "PPO", "a2c": "A2C", "dqn": "DQN"}


class SavedModel(ObservingPolicy):
    """What `model.save(file)` wrote of a model trained on `SharedPolicyVecEnv`.

    It acts deterministically, on desks whose agents accept and have the observations and actions
    that it was trained on.

    Args:
        file: path of the model.
        algorithm: class of sb3_contrib or stable_baselines3 that it is a model of. Only MaskablePPO
            is shown which actions are legal.
    """

    name = "saved_model"

    def __init__(self, file: str, algorithm: str = MASKABLE) -> None:
        if not Path(file).is_file():
            raise ValueError(f"policy saved_model: file not found: {file}")
        self._masked = algorithm == MASKABLE
        self._model = _load(_algorithm(algorithm), file)

    def fits(self, scenario: Scenario) -> bool:
        """Whether observations and actions have the sizes that it was trained on."""
        sizes, actions = compile_scenario(scenario).sizes, self._model.action_space
        width = (sizes.observed,)
        same = isinstance(actions, spaces.Discrete) and actions.n == sizes.actions
        return bool(same and not sizes.bidding and self._model.observation_space.shape == width)

    def reset(self, seed: int) -> None:
        """Nothing to forget: it draws nothing and remembers nothing."""

    def observe(self, observations: NDArray[np.float32]) -> None:
        """(N, A, F) float32."""
        self._seen = observations.reshape(-1, observations.shape[-1])

    def act(self, view: DeskView, masks: Masks) -> Actions:
        """(N, A) int32 actions; what is not legal becomes pass."""
        rows = masks.reshape(-1, masks.shape[-1])
        legal = {"action_masks": rows} if self._masked else {}
        chosen, _ = self._model.predict(self._seen, deterministic=True, **legal)
        chosen = np.where(np.take_along_axis(rows, chosen[:, None], axis=1)[:, 0], chosen, 0)
        actions: Actions = chosen.reshape(masks.shape[:2]).astype(np.int32)
        return actions


def _algorithm(name: str) -> Any:
    """The class of a name, from sb3_contrib or Stable-Baselines3."""
    try:
        libraries = [importlib.import_module(lib) for lib in ("sb3_contrib", "stable_baselines3")]
    except ImportError:
        raise ValueError(
            "policy saved_model: needs Stable-Baselines3: pip install 'marl-routing[train]'"
        ) from None
    for library in libraries:
        if hasattr(library, name):
            return getattr(library, name)
    raise ValueError(f"policy saved_model: no algorithm {name!r} in Stable-Baselines3")


def _load(algorithm: Any, file: str) -> Any:
    """The model in a file."""
    try:
        return algorithm.load(file, device="cpu")
    except Exception as error:  # whatever unpickling a foreign file may raise
        raise ValueError(
            f"policy saved_model: {file} is no saved model of {algorithm.__name__} "
            f"({type(error).__name__}: {error})"
        ) from error
