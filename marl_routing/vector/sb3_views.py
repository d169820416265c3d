"""The single-agent views of many desks, as a vectorised environment of Stable-Baselines3."""

from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from marl_routing.vector.desk_vector_env import DeskVectorEnv
from marl_routing.vector.sb3_rows import Floats, Infos, RowsVecEnv


class ViewVecEnv(RowsVecEnv):
    """A row for every desk of a dispatcher's, triage operator's or conversation's environments.

    The infos of a row whose episode ended hold `terminal_observation` and `TimeLimit.truncated`;
    all others are empty.

    Args:
        envs: with `AutoresetMode.SAME_STEP`, as Stable-Baselines3 wants it.
    """

    def __init__(self, envs: DeskVectorEnv) -> None:
        if envs.metadata["autoreset_mode"] is not AutoresetMode.SAME_STEP:
            raise ValueError("envs: expected autoreset_mode SAME_STEP")
        self.envs = envs
        super().__init__(envs.num_envs, envs.single_observation_space, envs.single_action_space)

    def reset(self) -> Any:
        """Begin episode 0 of the seed that `seed` was given, or the next episode."""
        observations, infos = self.envs.reset(seed=self._seeds[0])
        self._masks = joined_masks(infos["action_mask"])
        self._reset_seeds()
        self._reset_options()
        return observations

    def step_async(self, actions: NDArray[Any]) -> None:
        """Keep the actions, one a row."""
        self._actions = actions

    def step_wait(self) -> tuple[Any, Floats, NDArray[np.bool_], Infos]:
        """Observations, rewards (rows,), dones (rows,) and infos."""
        observations, rewards, terminated, truncated, told = self.envs.step(self._actions)
        self._masks = joined_masks(told["action_mask"])
        dones = terminated | truncated
        infos: Infos = [{} for _ in dones]
        for row in np.flatnonzero(dones).tolist():
            infos[row] = {
                "terminal_observation": told["final_obs"][row],
                "TimeLimit.truncated": bool(truncated[row] and not terminated[row]),
            }
        return observations, rewards.astype(np.float32), dones, infos

    def action_masks(self) -> NDArray[np.int8]:
        """(rows, actions), 1 where legal; of several numbers an action one after another."""
        return self._masks


def joined_masks(masks: NDArray[np.int8] | tuple[NDArray[np.int8], ...]) -> NDArray[np.int8]:
    """(rows, actions) of the `action_mask` in infos: masks of several numbers one after another."""
    return np.concatenate(masks, axis=1) if isinstance(masks, tuple) else masks
