"""Engineering triage: one Gymnasium operator who acts on any open ticket, one operation a step."""

from pathlib import Path
from typing import Any, Literal, TypeAlias

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from marl_routing.core.dispatch import NO_TICKET
from marl_routing.core.fields import Field
from marl_routing.envs.actions import ILLEGAL, PASS, as_integers
from marl_routing.envs.parallel import TicketRoutingEnv
from marl_routing.scenario import Scenario
from marl_routing.views.drawing import draw
from marl_routing.views.paid_terms import paid_terms
from marl_routing.views.rows import row_of
from marl_routing.views.settings import checked_window, dynamic, paid_by
from marl_routing.views.triage_infos import NOOP, VERBS, Masks, factor_masks, infos
from marl_routing.views.triage_observation import (
    Rows,
    observation_fields,
    observation_space,
    observe,
    rows_of_tickets,
)

__all__ = ["DEFAULT", "MEANINGS", "NOOP", "VERBS", "Action", "Masks", "Observation", "TicketTriage"]

DEFAULT = "engineering_triage"
MEANINGS = {
    "assign": "assign {ticket} to {engineer}",
    "escalate": "escalate {ticket} for {engineer}",
    "request_info": "ask the customer of {ticket} for {engineer}",
    "defer": "defer {ticket} for {engineer}",
    "swarm": "let {engineer} help with {ticket}",
    "noop": "do nothing",
}

Observation: TypeAlias = dict[str, Any]  # float32 arrays by name
Action: TypeAlias = NDArray[np.int64]  # (3,): verb, row of the ticket, engineer


class TicketTriage(gymnasium.Env[Observation, Action]):
    """Triage an engineering desk: a wrapper over the parallel environment.

    Each step does one operation, or none, and then moves the clock by one step, all agents passing.
    The rows show the held tickets, engineer by engineer, then the queue in its order. The reward is
    the sum over engineers of what the operation earned and what the step paid.

    Args:
        scenario: a shipped or registered name, a path, or a `Scenario` with verbs,
            incidents, learning or customers. Assigning is always possible, other verbs where its
            protocol turns them on.
        window: T, rows of tickets.
        reward: "triage" pays by that preset, "scenario" by the scenario's own section.
        render_mode: None, "ansi" or "human".

    An action is a verb (of `VERBS`), a row and an engineer. What is not possible, or names a row
    without a ticket, does nothing and counts as illegal; the engineer named, if any, is charged.

    Attributes:
        choices: (6, T, A), how many values the action's three numbers have.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "human"], "render_fps": 4}  # noqa: RUF012

    def __init__(
        self,
        scenario: str | Path | Scenario = DEFAULT,
        window: int = 10,
        reward: Literal["triage", "scenario"] = "triage",
        render_mode: Literal["ansi", "human"] | None = None,
    ) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(f"render_mode must be None, 'ansi' or 'human', not {render_mode!r}")
        scenario = dynamic(paid_by(scenario, reward, "triage"))
        # The desk itself never prints: this view draws after its own step.
        self.desk = TicketRoutingEnv(
            scenario, render_mode="ansi" if render_mode else None, action_mask="none"
        )
        self.render_mode = render_mode
        self.choices = (len(VERBS), checked_window(window), len(self.desk.possible_agents))
        self.action_space = spaces.MultiDiscrete(list(self.choices))
        self.observation_space = observation_space(scenario, window)
        self._pass = dict.fromkeys(self.desk.possible_agents, PASS)
        self._rows: Rows = np.full((1, window), NO_TICKET)
        self._over = True

    def observation_fields(self) -> dict[str, list[Field]]:
        """(name, low, high) of every entry of `global`, `tickets` and `engineers`, row by row."""
        return observation_fields(self.desk.scenario, self.choices[1])

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin episode 0 of `seed`, or the next one."""
        super().reset(seed=seed)
        self.desk.reset(seed=seed)
        self._over = False
        return self._show(dict.fromkeys(self._paid(), 0.0))

    def step(self, action: Action) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Do one operation, and move the clock by one step."""
        if self._over:
            raise RuntimeError("No episode is running: call reset() first.")
        reward, paid = self._operate(action)
        reward += sum(self.desk.step(self._pass)[1].values())
        paid = {name: paid.get(name, 0.0) + amount for name, amount in self._paid().items()}
        self._over = not self.desk.agents
        observation, info = self._show(paid)
        return observation, reward, False, self._over, info

    def _operate(self, action: Action) -> tuple[float, dict[str, float]]:
        """What the operation earned: the sum over engineers, and by term."""
        verb, row, engineer = self._read(action)
        if verb == NOOP:
            return 0.0, {}
        ticket = NO_TICKET if row == ILLEGAL else int(self._rows[0, row])
        earned = float(self.desk.operate(verb, ticket, engineer).sum())
        return earned, self._paid()

    def _read(self, action: object) -> tuple[int, ...]:
        """Verb, row and engineer, each ILLEGAL if it is none."""
        try:
            return tuple(as_integers(action, (len(self.choices),), self.choices).tolist())
        except ValueError:
            return (ILLEGAL,) * len(self.choices)

    def _paid(self) -> dict[str, float]:
        """What each term of the reward paid last, over all engineers."""
        paid: dict[str, float] = row_of(paid_terms(self.desk.batch), 0)
        return paid

    def _show(self, paid: dict[str, float]) -> tuple[Observation, dict[str, Any]]:
        """Fill the rows, and tell what is in them."""
        self._rows = rows_of_tickets(self.desk.batch, self.choices[1])
        if self.render_mode == "human":
            self.render()
        observation: Observation = row_of(observe(self.desk.batch, self._rows), 0)
        info: dict[str, Any] = row_of(infos(self.desk.batch, self._rows, {}), 0)
        return observation, info | {"reward_terms": paid}

    def operation_masks(self) -> Masks:
        """(5, T, A) int8: exactly which operations but `noop` are possible now."""
        masks: Masks = self.desk.batch.operation_masks_of_desks(self._rows)[0]
        return masks

    def action_masks(self) -> Masks:
        """For MaskablePPO: (6 + T + A,) int8, the factors' masks one after another."""
        return np.concatenate(row_of(factor_masks(self.desk.batch, self._rows), 0))

    def action_meaning(self, action: Action) -> str:
        """What an action would do now, in words."""
        verb, row, engineer = self._read(action)
        if verb == NOOP:
            return MEANINGS["noop"]
        if verb == ILLEGAL or engineer == ILLEGAL:
            return "no action"
        name = self.desk.scenario.agents.names[engineer]
        return MEANINGS[VERBS[verb]].format(ticket=self._ticket_in(row), engineer=name)

    def _ticket_in(self, row: int) -> str:
        index = NO_TICKET if row == ILLEGAL else int(self._rows[0, row])
        if index == NO_TICKET:
            return "no ticket"
        ticket = self.desk.ticket(index)
        return f"ticket {ticket.number} ({self.desk.scenario.categories[ticket.category]})"

    def render(self) -> str | None:
        """The desk as text: returned in mode "ansi", printed in mode "human"."""
        return draw(self.desk, self.render_mode)
