"""One policy for all agents, as a vectorised environment of Stable-Baselines3."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.user_terms import RewardTerm
from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.scenario import Scenario
from marl_routing.vector.rows import as_rows, by_desk, legal_rows, row_spaces
from marl_routing.vector.sb3_rows import Floats, Infos, RowsVecEnv


class SharedPolicyVecEnv(RowsVecEnv):
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

    def __init__(
        self,
        scenario: str | Path | Scenario = "saas_balanced",
        num_envs: int = 1,
        num_threads: int = 1,
        reward_terms: Sequence[RewardTerm] = (),
    ) -> None:
        self.desks = DeskBatch(scenario, num_envs, num_threads, reward_terms)
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
