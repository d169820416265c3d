"""Bids in levels, for libraries that know no boxes."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from pettingzoo.utils import BaseParallelWrapper

from marl_routing.envs.actions import as_numbers
from marl_routing.envs.parallel import Info, TicketRoutingEnv


class DiscreteBids(BaseParallelWrapper):  # type: ignore[misc]
    """What `discrete_bids` makes: bids in levels, everything else as in the env inside.

    Where infos carry `bid_mask` they carry `action_mask` instead: K int8 arrays of (levels,), as
    `MultiDiscrete.sample` wants them. What is no K levels is no bid.
    """

    def __init__(self, env: TicketRoutingEnv, levels: int) -> None:
        super().__init__(env)
        box = env.action_space(env.possible_agents[0])
        if not isinstance(box, spaces.Box):
            raise ValueError(f"env: expected one where agents bid, not {env.scenario.name!r}")
        if not isinstance(levels, int) or levels < 2:
            raise ValueError(f"levels must be an integer of at least 2, not {levels!r}")
        self.levels = levels
        self._slots = box.shape[0]
        self.action_spaces = {
            agent: spaces.MultiDiscrete([levels] * self._slots) for agent in env.possible_agents
        }

    def action_space(self, agent: str) -> spaces.MultiDiscrete:
        """The same object at each call."""
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Info]]:
        """As the env inside."""
        observations, infos = self.env.reset(seed=seed, options=options)
        return observations, self._with_masks(infos)

    def step(
        self, actions: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, float], dict[str, bool], dict[str, bool], dict[str, Info]]:
        """As the env inside; actions are K levels an agent."""
        if isinstance(actions, Mapping):  # else the env inside says what is wrong
            actions = {agent: self._bids(action) for agent, action in actions.items()}
        *moment, infos = self.env.step(actions)
        return *moment, self._with_masks(infos)

    def _bids(self, action: object) -> NDArray[np.float64]:
        levels = as_numbers(action, (self._slots,), "iub")
        if levels is None:
            return np.zeros(self._slots)
        known = (levels >= 0) & (levels < self.levels)
        return np.where(known, levels, 0) / (self.levels - 1)

    def _with_masks(self, infos: dict[str, Info]) -> dict[str, Info]:
        return {
            agent: {"action_mask": self._mask(info["bid_mask"])} if info else {}
            for agent, info in infos.items()
        }

    def _mask(self, bid_mask: NDArray[np.int8]) -> tuple[NDArray[np.int8], ...]:
        mask = np.repeat(bid_mask[:, None], self.levels, axis=1)
        mask[:, 0] = 1
        return tuple(mask)


def discrete_bids(env: TicketRoutingEnv, levels: int = 11) -> DiscreteBids:
    """Let agents choose one of some levels for each visible ticket: level l bids l / (levels - 1).

    Args:
        env: of a scenario where agents bid.
        levels: how many, at least 2; level 0 is no bid.

    Returns:
        A parallel environment whose actions are `MultiDiscrete([levels] * K)`.
    """
    return DiscreteBids(env, levels)
