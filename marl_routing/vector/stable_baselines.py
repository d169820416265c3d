"""One policy for all agents, as a vectorised environment of Stable-Baselines3."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from marl_routing.core.user_terms import RewardTerm
from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.scenario import Scenario
from marl_routing.vector.rows import as_rows, by_desk, legal_rows, row_spaces

try:
    from stable_baselines3.common.vec_env.base_vec_env import VecEnv, VecEnvIndices
except ImportError as error:
    raise ImportError(
        "SharedPolicyVecEnv needs Stable-Baselines3: pip install 'marl-routing[train]'"
    ) from error

Floats = NDArray[np.float32]
Infos = list[dict[str, Any]]


class SharedPolicyVecEnv(VecEnv):
    """A row for every agent of every desk: row i x A + a is agent a of desk i.

    All rows end together, truncated: `TimeLimit.truncated` is True, so that Stable-Baselines3
    bootstraps the value of `terminal_observation`. What `reset` and `step` return is the caller's:
    neither writes into it later. Rows whose episode goes on share one empty info.

    Args:
        scenario: a shipped or registered name, a path, or a `Scenario`.
        num_envs: desks. The attribute `num_envs` counts rows.
        num_threads, reward_terms: as in `DeskBatch`.

    Attributes:
        desks: the batch, to look at: `desks.final_metrics` has the KPIs of the episodes that ended
            in the last step. What is done to it past this environment is written into the
            observations that were returned last.
    """

    render_mode: str | None = None

    def __init__(
        self,
        scenario: str | Path | Scenario = "saas_balanced",
        num_envs: int = 1,
        num_threads: int = 1,
        reward_terms: Sequence[RewardTerm] = (),
    ) -> None:
        self.desks = DeskBatch(scenario, num_envs, num_threads, reward_terms)
        self._attributes: dict[str, dict[int, Any]] = {}  # what `set_attr` set, by row
        rows = num_envs * self.desks.num_agents
        super().__init__(rows, *row_spaces(self.desks))
        self._no_infos: Infos = [{}] * rows

    def reset(self) -> Floats:
        """(rows, F): begin episode 0 of the seed that `seed` was given, or the next episode."""
        self.desks.renew()
        self.desks.reset(self._seeds[0])
        self._reset_seeds()
        self._reset_options()
        return as_rows(self.desks.observations)

    def seed(self, seed: int | None = None) -> list[int | None]:
        """From the next reset on desk i has seed + i.

        Returns:
            The seed of each row's desk.
        """
        first = secrets.randbits(32) if seed is None else seed
        self._seeds = [first + row // self.desks.num_agents for row in range(self.num_envs)]
        return self._seeds

    def step_async(self, actions: NDArray[Any]) -> None:
        """Keep the actions, (rows,) integers or (rows, K) bids."""
        self._actions = by_desk(self.desks, actions)

    def step_wait(self) -> tuple[Floats, Floats, NDArray[np.bool_], Infos]:
        """Observations (rows, F), rewards (rows,), dones (rows,) and infos."""
        desks = self.desks
        desks.renew()
        desks.step(self._actions)
        dones = as_rows(desks.truncations).copy()
        rewards = as_rows(desks.rewards).copy()
        return as_rows(desks.observations), rewards, dones, self._infos(dones)

    def _infos(self, dones: NDArray[np.bool_]) -> Infos:
        infos = self._no_infos.copy()
        if dones.any():
            last = as_rows(self.desks.final_observations.copy())
            for row in np.flatnonzero(dones).tolist():
                infos[row] = {"terminal_observation": last[row], "TimeLimit.truncated": True}
        return infos

    def action_masks(self) -> NDArray[np.int8]:
        """(rows, actions), 1 where legal; where agents bid (rows, K), the slots to bid for."""
        return legal_rows(self.desks)

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
