"""A user's own reward terms: Python functions on whole-batch arrays, or njit functions."""

import math
from collections.abc import Callable, Sequence
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
        if not isinstance(self.weight, int | float) or not math.isfinite(self.weight):
            raise ValueError(f"weight: expected a finite number, got {self.weight!r}")
        if not callable(self.function):
            raise ValueError(f"function: expected a function, got {self.function!r}")

    def values(self, batch: Any) -> NDArray[np.float32]:
        """This tick's raw term of a `Batch`, float32 (num_envs, num_agents)."""
        shape = batch.rewards.shape
        if self.compiled:
            out = np.zeros(shape, np.float32)
            if self._loop is None:
                self._loop = _loop_over(self.function)
            self._loop(batch.rules.desk, batch.states, out)
            return self._checked(out)
        out = np.asarray(self.function(batch), np.float32)
        if out.shape != shape:
            raise ValueError(
                f"reward term {self.name!r}: expected an array of shape {shape}, got {out.shape}"
            )
        return self._checked(out)

    def _checked(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        if not np.isfinite(values).all():
            raise ValueError(f"reward term {self.name!r}: expected finite numbers, got nan or inf")
        return values

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_loop": None}


def checked_terms(terms: Sequence[RewardTerm]) -> tuple[RewardTerm, ...]:
    """The terms, if they are terms and have names of their own; else `ValueError`."""
    if not isinstance(terms, list | tuple) or not all(isinstance(t, RewardTerm) for t in terms):
        raise ValueError(f"reward_terms: expected a list of RewardTerm, got {terms!r}")
    names = [term.name for term in terms]
    if len(set(names)) < len(names):
        raise ValueError(f"reward_terms: expected each name once, got {', '.join(names)}")
    return tuple(terms)


def _loop_over(function: Callable[..., Any]) -> Callable[..., None]:
    def loop(rules: Any, states: Any, out: Any) -> None:
        for env in range(out.shape[0]):
            for agent in range(out.shape[1]):
                out[env, agent] = function(rules[0], states[env], agent)

    return numba.njit(nogil=True)(loop) if COMPILED else loop
