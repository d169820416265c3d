"""The triage operator's actions as one number, with exact masks."""

from typing import Any, SupportsFloat

import gymnasium
import numpy as np
from gymnasium import spaces

from marl_routing.envs.actions import ILLEGAL, as_integer
from marl_routing.views.triage import NOOP, Action, Masks, Observation, TicketTriage


class FlatActions(gymnasium.ActionWrapper[Observation, np.int64, Action]):
    """What `flat_actions` makes.

    Action 0 does nothing; 1 + (verb x T + row) x A + engineer is an operation. `action_mask` in
    infos is one int8 array, 1 exactly where the action is possible.
    """

    def __init__(self, env: gymnasium.Env[Observation, Action]) -> None:
        super().__init__(env)
        inside = env.unwrapped
        if not isinstance(inside, TicketTriage) or env.action_space != inside.action_space:
            raise ValueError(f"env: expected a TicketTriage with its own actions, not {env}")
        self._triage = inside
        _, window, engineers = inside.choices
        self._shape = (NOOP, window, engineers)
        self._num_actions = 1 + NOOP * window * engineers
        self.action_space = spaces.Discrete(self._num_actions)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """As the env inside."""
        observation, info = super().reset(seed=seed, options=options)
        return observation, self._with_mask(info)

    def step(
        self, action: np.int64
    ) -> tuple[Observation, SupportsFloat, bool, bool, dict[str, Any]]:
        """As the env inside."""
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, reward, terminated, truncated, self._with_mask(info)

    def _with_mask(self, info: dict[str, Any]) -> dict[str, Any]:
        return {**info, "action_mask": self.action_masks()}

    def action(self, action: np.int64) -> Action:
        """(3,) int64: the verb, row and engineer that an action stands for."""
        number = as_integer(action, self._num_actions)
        if number == ILLEGAL:
            return np.full(3, ILLEGAL)
        if number == 0:
            return np.array([NOOP, 0, 0])
        return np.array(np.unravel_index(number - 1, self._shape))

    def action_masks(self) -> Masks:
        """For MaskablePPO: (1 + 5 x T x A,) int8, 1 where the action is possible."""
        return np.append(np.int8(1), self._triage.operation_masks())


def flat_actions(env: gymnasium.Env[Observation, Action]) -> FlatActions:
    """Number the triage operator's actions, so that masks are exact.

    Args:
        env: a `TicketTriage`, wrapped or not, whose actions are its own.

    Returns:
        The same environment with `Discrete(1 + 5 x T x A)` actions; 0 does nothing.
    """
    return FlatActions(env)
