"""One policy for all agents, as a Gymnasium vector environment."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from marl_routing.core.user_terms import RewardTerm
from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.scenario import Scenario
from marl_routing.vector.desk_vector_env import DeskVectorEnv, Rewards
from marl_routing.vector.infos import Flags
from marl_routing.vector.rows import as_rows, by_desk, legal_rows, row_spaces


class SharedPolicyVectorEnv(DeskVectorEnv):
    """A row for every agent of every desk: row i x A + a is agent a of desk i.

    Observations are (rows, F) float32, rewards (rows,) float32. All rows end together, truncated.
    Infos hold `action_mask`, (rows, actions) int8; where agents bid, `bid_mask`, (rows, K).

    Args:
        scenario: a shipped or registered name, a path, or a `Scenario`.
        num_envs: desks. The attribute `num_envs` counts rows.
        autoreset_mode: `AutoresetMode.NEXT_STEP` or `SAME_STEP`, or its value.
        num_threads, reward_terms: as in `DeskBatch`.
    """

    def __init__(
        self,
        scenario: str | Path | Scenario = "saas_balanced",
        num_envs: int = 1,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        num_threads: int = 1,
        reward_terms: Sequence[RewardTerm] = (),
    ) -> None:
        desks = DeskBatch(scenario, num_envs, num_threads, reward_terms, autoreset=False)
        super().__init__(desks, autoreset_mode, *row_spaces(desks), rows=desks.num_agents)
        self._mask_name = "bid_mask" if desks.bidding else "action_mask"

    def _begin(self, desks: Flags, seed: int | None = None) -> None:
        self.desks.renew(copy=not desks.all())
        self.desks.reset(seed, desks)

    def _act(self, actions: NDArray[Any], desks: Flags) -> Rewards:
        given = by_desk(self.desks, actions)
        self.desks.renew(copy=not desks.all())
        self.desks.step(given, desks)
        return as_rows(np.where(desks[:, None], self.desks.rewards, np.float32(0.0)))

    def _see(self) -> NDArray[np.float32]:
        return as_rows(self.desks.observations)

    def _tell(self) -> dict[str, Any]:
        return {self._mask_name: legal_rows(self.desks)}
