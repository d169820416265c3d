"""Copies of one desk with other futures, on which a compiled rule plays on."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.compiler import blank_records
from marl_routing.core.forgetting import forget_desks
from marl_routing.core.loops import run_desks
from marl_routing.core.parameters import KEEP, TRACE, Parameters, with_derived
from marl_routing.core.record import joint_action, state_dtype
from marl_routing.policies.kernels.choosing import NOT_DRAWN
from marl_routing.policies.kernels.loops import play_desks
from marl_routing.policies.kernels.rule import Rule
from marl_routing.policies.kernels.sight import AGENT, SLOT, scratch_for


def refuse_foresight(parameters: Parameters) -> None:
    """Raise a ValueError where copies would know what agents do not, or draw work that is wrong.

    Work left is drawn from the steps served at the holder's speed. That is not what was done where
    tickets change hands at the end of a shift, or where an agent with more tickets is slower.
    """
    sizes, rules = parameters.sizes, parameters.rules.desk[0]
    if sizes.dynamic or sizes.bidding or rules["arrival_process"] == TRACE:
        raise ValueError(
            "policy rollout: only where agents accept tickets, without verbs, incidents, "
            "learning, customers or a trace of arrivals"
        )
    hands_over = rules["has_shifts"] and rules["end_of_shift"] != KEEP
    if hands_over or rules["concurrency_slowdown"] > 0.0:
        raise ValueError(
            "policy rollout: only where agents keep their tickets at the end of a shift, and work "
            "on several without service.concurrency_slowdown"
        )


class Copies:
    """Some copies of a desk.

    Args:
        parameters: the scenario.
        count: how many.

    Raises:
        ValueError: see `refuse_foresight`.
    """

    def __init__(self, parameters: Parameters, count: int) -> None:
        refuse_foresight(parameters)
        sizes, rules = parameters.sizes, parameters.rules
        desk = with_derived(rules.desk)
        desk["warm_up_steps"] = 0  # what is measured is what counts here
        self._rules, self._count = rules._replace(desk=desk), count
        dtype = state_dtype(sizes)
        self._begin, self._states = blank_records(count, dtype), blank_records(count, dtype)
        self._blank, agents = blank_records(1, dtype), sizes.agents
        self._actions = np.zeros((count, *joint_action(sizes)[0]), np.int32)
        self._rewards = np.zeros((count, agents), np.float32)
        width = sizes.observed
        self._unused = (  # what a step shows: not looked at
            np.zeros((count, agents), np.bool_),
            np.zeros((count, agents, width), np.float32),
            np.zeros((count, agents, sizes.actions), np.int8),
            np.zeros((1, agents, width), np.float32),
            blank_records(1, dtype),
        )
        self._sight = (
            blank_records(sizes.slots, SLOT),
            blank_records(agents, AGENT),
            np.zeros((agents, sizes.actions), np.int8),
            scratch_for(agents, sizes.slots),
        )
        self._one = np.zeros(agents, np.int32), np.zeros(agents, np.float32)

    def take(self, record: Any, seed: np.uint64, calls: int) -> None:
        """Copy a desk, and let each copy forget its future.

        Args:
            record: of the desk.
            seed, calls: of the new futures, see `forget_desks`.

        Raises:
            ValueError: if it is no whole record of a desk of the scenario.
        """
        if record.dtype != self._begin.dtype:
            raise ValueError("policy rollout: expected the whole record of a desk")
        self._begin[:] = record
        self._begin["measured"], self._begin["reward"] = 1, 0.0
        forget_desks(self._rules.desk, self._begin, seed, calls)

    def rewards(
        self, actions: NDArray[np.int32], rule: Rule, seed: np.uint64, steps: int
    ) -> NDArray[np.float64]:
        """(count,) the team's reward if agents do (A,) `actions` now, and then follow a rule.

        Args:
            actions: of every copy.
            rule, seed: as in `play_desks`.
            steps: at most so many, this one included; not beyond the horizon.
        """
        self._states[:] = self._begin
        self._actions[:] = actions
        everybody = np.ones(self._count, np.bool_)
        run_desks(
            *self._rules,
            self._states,
            self._blank,
            everybody,
            self._actions,
            self._rewards,
            *self._unused,
            True,
            False,
            False,
            False,
        )
        memory = np.full(self._actions.shape, NOT_DRAWN, np.int64)
        play_desks(
            self._rules, self._states, self._blank, rule, *self._sight, seed, memory, *self._one,
            False, steps - 1,
        )  # fmt: skip
        rewards: NDArray[np.float64] = self._states["reward"].sum(axis=1)
        return rewards
