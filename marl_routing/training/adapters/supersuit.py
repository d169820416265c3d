"""SuperSuit: PettingZoo's desk as a vectorised environment of Stable-Baselines3, a row an agent."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pettingzoo.utils import BaseParallelWrapper
from stable_baselines3.common.vec_env.base_vec_env import VecEnv, VecEnvIndices
from supersuit import concat_vec_envs_v1, pettingzoo_env_to_vec_env_v1
from supersuit.vector.sb3_vector_wrapper import SB3VecEnvWrapper

from marl_routing.envs.parallel import TicketRoutingEnv
from marl_routing.scenario import Scenario


def supersuit_vec_env(scenario: str | Path | Scenario, num_envs: int) -> "SeededVecEnv":
    """SuperSuit's own chain: `pettingzoo_env_to_vec_env_v1`, then `concat_vec_envs_v1`.

    Masks do not pass through it: an illegal action passes and is counted.

    Args:
        scenario: a shipped or registered name, a path, or a `Scenario`.
        num_envs: desks; the environment has a row for each agent of each.
    """
    desk = TellsTruncation(TicketRoutingEnv(scenario, action_mask="none"))
    return SeededVecEnv(concat_vec_envs_v1(pettingzoo_env_to_vec_env_v1(desk), num_envs))


class TellsTruncation(BaseParallelWrapper):  # type: ignore[misc]
    """Says what Stable-Baselines3 bootstraps at, and SuperSuit does not say."""

    def step(self, actions: dict[str, Any]) -> Any:
        """As the desk's, with `TimeLimit.truncated` in the infos of the last step."""
        observations, rewards, terminations, truncations, infos = super().step(actions)
        for agent, truncated in truncations.items():
            if truncated:
                infos[agent]["TimeLimit.truncated"] = True
        return observations, rewards, terminations, truncations, infos


class SeededVecEnv(SB3VecEnvWrapper):  # type: ignore[misc]
    """What SuperSuit's wrapper lacks: attributes, and seeds, without which all desks agree."""

    _seed: int | None = None
    has_attr = VecEnv.has_attr

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """The same for every row."""
        return [getattr(self.venv, attr_name) for _ in self._get_indices(indices)]

    def seed(self, seed: int | None = None) -> list[int | None]:
        """From the next reset on desk i has seed + i."""
        self._seed = seed
        return [seed] * self.num_envs

    def reset(self) -> NDArray[np.float32]:
        """(rows, F)."""
        observations: NDArray[np.float32]
        observations, self.reset_infos = self.venv.reset(seed=self._seed)
        self._seed = None
        return observations
