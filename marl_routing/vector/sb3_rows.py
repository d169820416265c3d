"""What all vectorised environments of Stable-Baselines3 here have in common: rows, not objects."""

from abc import abstractmethod
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

try:
    from stable_baselines3.common.vec_env.base_vec_env import VecEnv, VecEnvIndices
except ImportError as error:
    raise ImportError("Stable-Baselines3 is missing: pip install 'marl-routing[train]'") from error

Floats = NDArray[np.float32]
Infos = list[dict[str, Any]]


class RowsVecEnv(VecEnv):
    """A `VecEnv` whose rows are rows of arrays: there is no environment object a row.

    Args:
        rows: how many.
        observation_space, action_space: of one row.
    """

    render_mode: str | None = None

    def __init__(
        self, rows: int, observation_space: spaces.Space[Any], action_space: spaces.Space[Any]
    ) -> None:
        self._attributes: dict[str, dict[int, Any]] = {}  # what `set_attr` set, by row
        super().__init__(rows, observation_space, action_space)

    @abstractmethod
    def action_masks(self) -> NDArray[np.int8]:
        """(rows, actions), 1 where legal."""

    def env_method(
        self,
        method_name: str,
        *method_args: Any,
        indices: VecEnvIndices = None,
        **method_kwargs: Any,
    ) -> list[Any]:
        """A row of what `action_masks` returns for each of `indices`; rows have no other method."""
        if method_name != "action_masks":
            raise AttributeError(f"rows have the method action_masks, and no {method_name!r}")
        masks = self.action_masks()
        return [masks[row] for row in self._get_indices(indices)]

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """What `set_attr` set for a row, else what all rows have in common."""
        own = self._attributes.get(attr_name, {})
        return [
            own[row] if row in own else getattr(self, attr_name)
            for row in self._get_indices(indices)
        ]

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Keep a value for some rows; it changes nothing but what `get_attr` says."""
        own = self._attributes.setdefault(attr_name, {})
        own.update(dict.fromkeys(self._get_indices(indices), value))

    def env_is_wrapped(
        self,
        wrapper_class: type[gymnasium.Wrapper[Any, Any, Any, Any]],
        indices: VecEnvIndices = None,
    ) -> list[bool]:
        """No row is."""
        return [False for _ in self._get_indices(indices)]

    def close(self) -> None:
        """Nothing is open."""
