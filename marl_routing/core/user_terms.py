"""A user's own reward terms: Python functions on whole-batch arrays, or njit functions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from marl_routing.core.compiler import COMPILED
from marl_routing.core.terms import TERMS


@dataclass
class RewardTerm:
    """One more term of the reward, weighed and shared as the scenario's own, paid once a step.

    Args:
        name: what it is called in `terms()`; not the name of a term that there is already.
        weight: its weight.
        function: with compiled=False, `function(batch) -> (num_envs, num_agents)` array, called
            once a step, after the tick and before any desk begins its next episode; with
            compiled=True a `numba.njit` function `function(rules, desk, agent) -> float` on the
            records of one desk.
        compiled: which of the two it is.
    """

    name: str
    weight: float
    function: Callable[..., Any]
    compiled: bool = False
    _loop: Callable[..., None] | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.name in TERMS:
            raise ValueError(f"name: {self.name!r} is a term already; choose another name")

    def values(self, batch: Any) -> NDArray[np.float32]:
        """This tick's raw term of a `Batch`, float32 (num_envs, num_agents)."""
        shape = batch.rewards.shape
        if self.compiled:
            out = np.zeros(shape, np.float32)
            if self._loop is None:
                self._loop = _loop_over(self.function)
            self._loop(batch.parameters.rules.desk, batch.states, out)
            return out
        out = np.asarray(self.function(batch), np.float32)
        if out.shape != shape:
            raise ValueError(
                f"reward term {self.name!r}: expected an array of shape {shape}, got {out.shape}"
            )
        return out

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_loop": None}


def _loop_over(function: Callable[..., Any]) -> Callable[..., None]:
    def loop(rules: Any, states: Any, out: Any) -> None:
        for env in range(out.shape[0]):
            for agent in range(out.shape[1]):
                out[env, agent] = function(rules[0], states[env], agent)

    return numba.njit(nogil=True)(loop) if COMPILED else loop
