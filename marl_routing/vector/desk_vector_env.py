"""What all Gymnasium vector environments here have in common: how episodes follow each other."""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.vector.infos import Flags, finals, with_flags

Rewards = NDArray[np.floating[Any]]  # (rows,)

MODES = (AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP)


class DeskVectorEnv(VectorEnv[Any, NDArray[Any], NDArray[Any]], ABC):
    """Many desks in step, a row or more each; a subclass says what acts on them and what is seen.

    What `reset` and `step` return is the caller's: neither writes into it later.

    Args:
        desks: a batch without autoreset.
        autoreset_mode: `AutoresetMode.NEXT_STEP` or `SAME_STEP`, or its value.
        observation_space, action_space: of one row.
        rows: of a desk.

    Attributes:
        desks: the batch, to look at. What is done to it past this environment is written into the
            observations that were returned last.
    """

    def __init__(
        self,
        desks: DeskBatch,
        autoreset_mode: AutoresetMode | str,
        observation_space: spaces.Space[Any],
        action_space: spaces.Space[Any],
        rows: int = 1,
    ) -> None:
        mode = AutoresetMode(autoreset_mode)
        if mode not in MODES:
            raise ValueError(f"autoreset_mode must be NEXT_STEP or SAME_STEP, not {mode.name}")
        self.desks = desks
        self.metadata = {"autoreset_mode": mode}
        self.num_envs = desks.num_envs * rows
        self.single_observation_space = observation_space
        self.single_action_space = action_space
        self.observation_space = batch_space(observation_space, self.num_envs)
        self.action_space = batch_space(action_space, self.num_envs)
        self._rows = rows
        self._every_desk = np.ones(desks.num_envs, np.bool_)
        self._every_row = np.ones(self.num_envs, np.bool_)
        self._over = ~self._every_desk  # desks whose episode ended in the last step
        self._begun = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin episode 0 of seed + i on desk i, or without a seed each desk's next episode.

        `options["reset_mask"]`, (rows,) bool, keeps it to those rows, all or none of a desk's; a
        first reset takes all.
        """
        super().reset(seed=seed)
        desks = self._masked(options) if self._begun else self._every_desk
        self._begin(desks, seed)
        self._over = self._over & ~desks
        self._begun = True
        return self._see(), with_flags(self._tell(), self._every_row)

    def _masked(self, options: dict[str, Any] | None) -> Flags:
        """The desks that a reset begins."""
        mask = np.asarray((options or {}).get("reset_mask", self._every_row))
        fits = mask.shape == (self.num_envs,) and mask.dtype == np.bool_
        desks = mask.reshape(-1, self._rows) if fits else np.zeros((0, 1), np.bool_)
        if not fits or (desks.any(axis=1) != desks.all(axis=1)).any():
            raise ValueError(
                f"reset_mask: expected bool of shape ({self.num_envs},), alike for all agents of "
                f"a desk, got {mask.dtype} of shape {mask.shape}"
            )
        chosen: Flags = desks[:, 0]
        return chosen

    def step(
        self, actions: NDArray[Any]
    ) -> tuple[Any, Rewards, NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Act on every desk; where an episode is over, begin the next as `autoreset_mode` says."""
        same_step = self.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP
        acting = self._every_desk if same_step else ~self._over
        rewards = self._act(actions, acting)
        if not same_step and self._over.any():
            self._begin(self._over)
        terminated, truncated = (acting & ended for ended in self._ends())
        over = self._over = terminated | truncated
        observations, told = self._see(), self._tell()
        infos = with_flags(told, self._every_row)
        if over.any():
            ended = self._repeated(over)
            end = with_flags(self._tell_end(over), ended)
            if same_step:
                last = finals(observations, with_flags(told, ended) | end, ended)
                self._begin(over)
                observations = self._see()
                infos = with_flags(self._tell(), self._every_row) | last
            else:
                infos |= end
        return observations, rewards, self._repeated(terminated), self._repeated(truncated), infos

    def _repeated(self, desks: Flags) -> NDArray[np.bool_]:
        """(rows,), of what is so of each desk."""
        return np.repeat(desks, self._rows)

    @abstractmethod
    def _begin(self, desks: Flags, seed: int | None = None) -> None:
        """Begin an episode on these desks."""

    @abstractmethod
    def _act(self, actions: NDArray[Any], desks: Flags) -> Rewards:
        """Act on these desks; (rows,) rewards, 0 elsewhere."""

    def _ends(self) -> tuple[Flags, Flags]:
        """Desks whose episode stands at its end: terminated, truncated."""
        return self.desks.terminations[:, 0], self.desks.truncations[:, 0]

    @abstractmethod
    def _see(self) -> Any:
        """The observations of all rows, into which nothing is written later."""

    @abstractmethod
    def _tell(self) -> dict[str, Any]:
        """The infos of all rows, likewise; called right after `_see`."""

    def _tell_end(self, desks: Flags) -> dict[str, Any]:
        """What infos tell of rows whose episode ended beside `_tell`."""
        return {}
