"""The frame of compiled rules: a policy that says as data what compiled code does."""

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.compiler import blank_records
from marl_routing.core.view import DeskView
from marl_routing.policies.kernels.choosing import NOT_DRAWN
from marl_routing.policies.kernels.customers import MANNERS
from marl_routing.policies.kernels.keys import QUEUE, TIE, TURN
from marl_routing.policies.kernels.loops import act_on_desks
from marl_routing.policies.kernels.rule import BIDS, NEVER_HELPS, PLAN, PUSHED, SAYS_NOTHING, Rule
from marl_routing.policies.kernels.sight import scratch_for, seen_agents, seen_loads, seen_slots
from marl_routing.policies.policy import Masks


class CompiledPolicy:
    """A rule that gives tickets to agents with a free hand (in work < concurrency).

    With the matcher `PUSHED` it gives them to agents with room (held < capacity), where they wait.

    Subclasses say who chooses (`matcher`, of `rule`) and how a pair of agent and ticket ranks
    (`ranking`, of `keys`): the most important first. Tickets that rank equal go in queue order,
    agents that rank equal at random.
    """

    name: str
    matcher: ClassVar[int]
    ranking: ClassVar[Sequence[int]] = ()
    speaker: int = SAYS_NOTHING
    help_beyond: int = NEVER_HELPS
    help_after_minutes: float = math.inf
    draws_two: ClassVar[bool] = False
    has_limit: ClassVar[bool] = False
    pass_value: float = 0.0

    def __init__(self) -> None:
        self.reset(0)

    def reset(self, seed: int) -> None:
        """Forget everything; desk i then draws its ties from `seed + i`."""
        self._seed, self._calls = np.uint64(seed % 2**64), 0
        self._memory = np.zeros((0, 0), np.int64)

    def act(self, view: DeskView, masks: Masks) -> NDArray[Any]:
        """(N, A) int32 actions, or (N, A, K) float32 bids; see `Policy.act`."""
        (num_desks, num_agents), num_slots = masks.shape[:2], view.slots.shape[1]
        if len(self._memory) != num_desks:
            self._memory = blank_memory(view)
        actions: NDArray[Any] = np.zeros((num_desks, num_agents), np.int32)
        if self.matcher == BIDS:
            actions = np.zeros((num_desks, num_agents, num_slots), np.float32)
        rule, agents = self.rule(view), seen_agents(view)
        if self.matcher == PUSHED:
            agents["load"] = seen_loads(view, rule.weights)
        act_on_desks(
            rule,
            seen_slots(view),
            agents,
            np.ascontiguousarray(view.queued, np.int32),
            np.ascontiguousarray(masks, np.int8),
            scratch_for(num_agents, num_slots),
            self._seed,
            self._calls,
            self._memory,
            actions,
        )
        self._calls += 1
        return actions

    def rule(self, view: DeskView) -> Rule:
        """The rule as data, for the scenario of a view."""
        # Copies, so that whatever a rule gives is of one type to the compiler.
        plan, values = blank_records(1, PLAN), np.array(self.values(view), np.float64, order="C")
        allowed = np.array(self.allowed(view), np.bool_, order="C")
        bids = np.array(self.bids(view), np.float32, order="C")
        weights = np.array(self.weights(view), np.float32, order="C")
        ranking = (*self.ranking, QUEUE, TIE)
        plan["matcher"], plan["num_keys"] = self.matcher, len(ranking)
        plan["keys"][0, : len(ranking)] = ranking
        plan["speaker"], plan["takes_turns"] = self.speaker, TURN in ranking
        plan["help_beyond"], plan["pass_value"] = self.help_beyond, self.pass_value
        plan["largest_value"] = values.max()
        help_after = np.ceil(round(self.help_after_minutes / view.step_minutes, 9))
        plan["help_after"] = min(help_after, NEVER_HELPS)
        plan["draws_two"], plan["has_limit"] = self.draws_two, self.has_limit
        return Rule(plan, values, allowed, bids, weights, blank_records(1, MANNERS))

    def values(self, view: DeskView) -> NDArray[np.float64]:
        """(A, C): what a pair is worth to the rule; the less time it takes, the more."""
        return -view.handle_steps.astype(np.float64)

    def bids(self, view: DeskView) -> NDArray[np.float32]:
        """(A, C, P): what is bid for a ticket, 0 to 1, by rules that bid."""
        return np.zeros((*view.handle_steps.shape, view.num_priorities), np.float32)

    def weights(self, view: DeskView) -> NDArray[np.float32]:
        """(A, C, P): what a ticket weighs with an agent."""
        return np.ones((*view.handle_steps.shape, view.num_priorities), np.float32)

    def allowed(self, view: DeskView) -> NDArray[np.bool_]:
        """(A, C): the pairs that it makes at all."""
        return np.ones(view.handle_steps.shape, np.bool_)


def blank_memory(view: DeskView) -> NDArray[np.int64]:
    """(N, A): what a rule keeps from call to call, before the first."""
    return np.full(view.held.shape, NOT_DRAWN, np.int64)
