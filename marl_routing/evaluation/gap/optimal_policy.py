"""The best policy of a small desk as one that desks can be played by."""

from pathlib import Path

import numpy as np

from marl_routing.core.view import DeskView
from marl_routing.policies.policy import Actions, Masks
from marl_routing.scenario import Scenario
from marl_routing.theory.decisions import Decisions, decisions
from marl_routing.theory.small_desk import small_desk
from marl_routing.theory.states import NOTHING
from marl_routing.theory.value_iteration import Plan, best_plan


class Optimal:
    """Looks up what to do in the state of each desk; `cost` is its long-run average a step.

    Args:
        problem: of the desk.
        plan: for it.
    """

    def __init__(self, problem: Decisions, plan: Plan) -> None:
        self.name = "optimal"
        self.cost = plan.cost
        self._states = problem.states
        self._accepts = problem.joint[plan.choice]  # (n, A) categories

    def reset(self, seed: int) -> None:
        """There is nothing to forget, and nothing is drawn."""

    def act(self, view: DeskView, masks: Masks) -> Actions:
        """(N, A) int32 actions; see `Policy.act`."""
        holding = np.where(view.held > 0, view.in_hand.sum(axis=3).argmax(axis=2), NOTHING)
        accepts = self._accepts[self._states.number(view.queued, holding)]
        left, actions = view.category.copy(), np.zeros(accepts.shape, np.int32)
        for agent in range(accepts.shape[1]):
            shown = left == accepts[:, agent, None]
            slot = shown.argmax(axis=1)
            takes = np.flatnonzero((accepts[:, agent] != NOTHING) & shown.any(axis=1))
            actions[takes, agent] = slot[takes] + 1
            left[takes, slot[takes]] = NOTHING
        return actions


def optimal_policy(scenario: str | Path | Scenario) -> Optimal:
    """Solve a desk of two agents.

    Raises:
        ScenarioError: naming the field because of which the desk cannot be solved.
    """
    problem = decisions(small_desk(scenario))
    return Optimal(problem, best_plan(problem))
