"""Tianshou: desks as one of its vectorised environments, a row an agent, masks in observations."""

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from tianshou.data import Batch
from tianshou.env import BaseVectorEnv

from marl_routing.scenario import Scenario
from marl_routing.training.adapters.desks import accepting_desks
from marl_routing.vector.rows import as_rows, by_desk, legal_rows, row_spaces

Floats: TypeAlias = NDArray[np.float32]
Flags: TypeAlias = NDArray[np.bool_]


class TianshouVectorEnv(BaseVectorEnv):  # type: ignore[misc]
    """A row for every agent of every desk: row i x A + a is agent a of desk i.

    Observations are a `Batch` of `obs` (rows, F) float32 and `mask` (rows, actions) bool, where
    Tianshou's Q-learning looks for masks. All rows act in every step and end together, truncated:
    collect by `n_step`, or whole multiples of the rows by `n_episode`.

    Args:
        scenario: a shipped or registered name, a path, or a `Scenario` whose agents accept.
        num_envs: desks.
    """

    def __init__(self, scenario: str | Path | Scenario, num_envs: int) -> None:
        self.desks = accepting_desks(scenario, num_envs)
        self.env_num = num_envs * self.desks.num_agents  # as is_async and is_closed, Tianshou's own
        self.is_async, self.is_closed = False, False
        observations, actions = row_spaces(self.desks)
        self._attributes = {"observation_space": observations, "action_space": actions}
        self._seed: int | None = None

    def get_env_attr(self, key: str, id: Any = None) -> list[Any]:
        """The same for every row."""
        return [self._attributes[key]] * len(self._wrap_id(id))

    def seed(self, seed: int | list[int] | None = None) -> list[list[int] | None]:
        """From the next reset on desk i has seed + i."""
        self._seed = seed[0] if isinstance(seed, list) else seed
        return [None if self._seed is None else [self._seed]] * self.env_num

    def reset(self, env_id: Any = None, **_: Any) -> tuple[Batch, NDArray[Any]]:
        """Begin the next episode of all rows' desks."""
        self._expect_all(env_id)
        self.desks.reset(self._seed)
        self._seed = None
        return self._see(), self._infos()

    def step(self, action: Any, id: Any = None) -> tuple[Batch, Floats, Flags, Flags, NDArray[Any]]:
        """Observations, rewards (rows,), terminations, truncations, and infos, which are empty."""
        self._expect_all(id)
        self.desks.step(by_desk(self.desks, np.asarray(action, np.int32)))
        ends = as_rows(self.desks.terminations), as_rows(self.desks.truncations).copy()
        return self._see(), as_rows(self.desks.rewards).copy(), *ends, self._infos()

    def _see(self) -> Batch:
        observations = as_rows(self.desks.observations).copy()
        return Batch(obs=observations, mask=legal_rows(self.desks) != 0)

    def _infos(self) -> NDArray[Any]:
        return np.array([{} for _ in range(self.env_num)], dtype=object)

    def _expect_all(self, rows: Any) -> None:
        if len(self._wrap_id(rows)) != self.env_num:
            raise ValueError(f"rows: expected all {self.env_num}, not {rows}: they act together")

    def close(self) -> None:
        """Nothing is open."""
