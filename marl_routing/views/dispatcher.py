"""The central dispatcher: one Gymnasium agent that says who gets each ticket."""

from pathlib import Path
from typing import Any, Literal

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from marl_routing.core.dispatch import NO_TICKET
from marl_routing.envs.actions import PASS, as_integer
from marl_routing.envs.parallel import TicketRoutingEnv
from marl_routing.scenario import Scenario
from marl_routing.views.dispatcher_observation import (
    action_masks,
    can_take,
    kpis,
    observation_space,
    observe,
)
from marl_routing.views.drawing import draw
from marl_routing.views.rows import row_of
from marl_routing.views.settings import paid_by


class TicketDispatcher(gymnasium.Env[dict[str, Any], np.int64]):
    """Decide who gets each ticket: a wrapper over the parallel environment.

    Each step decides one ticket. When none is undecided, or nobody can take any, the desk runs on
    (all agents pass) until there is a ticket to decide or the horizon, which truncates. The reward
    is the sum over agents: what this decision earned, and what the clock's moving after it cost.

    Args:
        scenario: a shipped or registered name, a path, or a `Scenario`.
        nested: group the observation under `current_ticket` and `agents`.
        allow_hold: one more action, the last, leaves the ticket in the queue for this step.
        reward: "routing" pays by that preset, "scenario" by the scenario's own section.
        render_mode: None, "ansi" or "human".

    An action that the mask forbids holds the ticket and counts as illegal; the agent that it names,
    if there is one, is charged.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "human"], "render_fps": 4}  # noqa: RUF012

    def __init__(
        self,
        scenario: str | Path | Scenario = "saas_balanced",
        nested: bool = False,
        allow_hold: bool = False,
        reward: Literal["routing", "scenario"] = "routing",
        render_mode: Literal["ansi", "human"] | None = None,
    ) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(f"render_mode must be None, 'ansi' or 'human', not {render_mode!r}")
        scenario = paid_by(scenario, reward, "routing")
        # The desk itself never prints: this view draws after every decision, not every step.
        self.desk = TicketRoutingEnv(
            scenario, render_mode="ansi" if render_mode else None, action_mask="none"
        )
        self.render_mode = render_mode
        self._nested = nested
        self._allow_hold = allow_hold
        self._num_actions = len(self.desk.possible_agents) + allow_hold
        self.action_space = spaces.Discrete(self._num_actions)
        self.observation_space = observation_space(scenario, nested)
        self._pass = dict.fromkeys(self.desk.possible_agents, PASS)
        self._ticket = NO_TICKET
        self._unpaid = 0.0  # what the clock cost before the episode's first decision
        self._over = True

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Begin episode 0 of `seed`, or the next one, and run the desk to its first decision."""
        super().reset(seed=seed)
        self.desk.reset(seed=seed)
        self._unpaid = self._run_to_next_ticket()
        self._over = False
        return self._show()

    def step(
        self, action: np.int64 | int
    ) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any]]:
        """Decide the ticket on offer, and run the desk to the next."""
        if self._over:
            raise RuntimeError("No episode is running: call reset() first.")
        reward, self._unpaid = self._unpaid, 0.0
        if self._ticket != NO_TICKET:  # there is none if the whole episode had none
            reward += self._decide(as_integer(action, self._num_actions))
        reward += self._run_to_next_ticket()
        self._over = not self.desk.agents
        observation, info = self._show()
        return observation, reward, False, self._over, info

    def _decide(self, action: int) -> float:
        if self._allow_hold and action == self._num_actions - 1:
            self.desk.hold(self._ticket)
            return 0.0
        return float(self.desk.place(self._ticket, action).sum())

    def _run_to_next_ticket(self) -> float:
        """Let time pass while there is nothing to decide; the sum of what that paid."""
        paid = 0.0
        self._ticket = self.desk.offer()
        while self._ticket == NO_TICKET and self.desk.agents:
            paid += sum(self.desk.step(self._pass)[1].values())
            self._ticket = self.desk.offer()
        return paid

    def _show(self) -> tuple[dict[str, Any], dict[str, Any]]:
        if self.render_mode == "human":
            self.render()
        batch, tickets = self.desk.batch, np.array([self._ticket])
        view = batch.view()
        takers = can_take(batch, view, tickets)
        seen: dict[str, Any] = row_of(observe(batch, view, tickets, takers, self._nested), 0)
        mask = action_masks(takers, self._allow_hold)[0]
        return seen, {**kpis(batch, 0), "action_mask": mask}

    def action_masks(self) -> NDArray[np.int8]:
        """For MaskablePPO: (num_actions,) int8, 1 where legal; all 1 when no ticket is on offer."""
        batch = self.desk.batch
        takers = can_take(batch, batch.view(), np.array([self._ticket]))
        masks: NDArray[np.int8] = action_masks(takers, self._allow_hold)[0]
        return masks

    def render(self) -> str | None:
        """The desk as text: returned in mode "ansi", printed in mode "human"."""
        return draw(self.desk, self.render_mode)
