"""Engineering triage: one Gymnasium operator who acts on any open ticket, one operation a step."""

from pathlib import Path
from typing import Any, Literal, TypeAlias

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from marl_routing.core.fields import Field
from marl_routing.core.operate import OPERATIONS
from marl_routing.core.terms import TERMS
from marl_routing.envs.actions import ILLEGAL, PASS, as_numbers
from marl_routing.envs.parallel import TicketRoutingEnv
from marl_routing.envs.single_desk import NO_TICKET
from marl_routing.scenario import Scenario, load_scenario
from marl_routing.views.drawing import draw
from marl_routing.views.triage_observation import observation_fields, observation_space, observe

DEFAULT = "engineering_triage"
VERBS = (*OPERATIONS, "noop")
NOOP = VERBS.index("noop")
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
Masks: TypeAlias = NDArray[np.int8]


class TicketTriage(gymnasium.Env[Observation, Action]):
    """Triage an engineering desk: a wrapper over the parallel environment.

    Each step does one operation, or none, and then moves the clock by one step, all agents passing.
    The rows show the held tickets, engineer by engineer, then the queue in its order. The reward is
    the sum over engineers of what the operation earned and what the step paid.

    Args:
        scenario: a shipped or registered name, a path, or a `Scenario` with verbs, incidents or
            learning. Assigning is always possible, other verbs where its protocol turns them on.
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
        if not isinstance(window, int) or isinstance(window, bool) or window < 1:
            raise ValueError(f"window must be an integer of at least 1, not {window!r}")
        if reward not in ("triage", "scenario"):
            raise ValueError(f"reward must be 'triage' or 'scenario', not {reward!r}")
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(f"render_mode must be None, 'ansi' or 'human', not {render_mode!r}")
        scenario = load_scenario(scenario)
        if not scenario.dynamic:
            raise ValueError(
                f"scenario must have verbs, incidents or learning; {scenario.name!r} has none"
            )
        if reward == "triage":
            scenario = load_scenario(scenario, reward={"preset": "triage"})
        # The desk itself never prints: this view draws after its own step.
        self.desk = TicketRoutingEnv(
            scenario, render_mode="ansi" if render_mode else None, action_mask="none"
        )
        self.render_mode = render_mode
        self.choices = (len(VERBS), window, len(self.desk.possible_agents))
        self.action_space = spaces.MultiDiscrete(list(self.choices))
        self.observation_space = observation_space(scenario, window)
        self._pass = dict.fromkeys(self.desk.possible_agents, PASS)
        self._rows = np.full(window, NO_TICKET)
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
        ticket = NO_TICKET if row == ILLEGAL else int(self._rows[row])
        earned = float(self.desk.operate(verb, ticket, engineer).sum())
        return earned, self._paid()

    def _read(self, action: object) -> tuple[int, ...]:
        """Verb, row and engineer, each ILLEGAL if it is none."""
        numbers = as_numbers(action, (len(self.choices),), "iub")
        if numbers is None:
            return (ILLEGAL,) * len(self.choices)
        return tuple(
            int(number) if 0 <= number < count else ILLEGAL
            for number, count in zip(numbers, self.choices, strict=True)
        )

    def _paid(self) -> dict[str, float]:
        """What each term of the reward paid last, over all engineers."""
        weights, raw = self.desk.view().weights, self.desk.terms()
        paid = {
            name: float(weight) * float(raw[name].sum()) + 0.0  # no -0.0
            for name, weight in zip(TERMS, weights, strict=True)
            if weight
        }
        if "waiting" in paid:  # weighs each category for itself
            paid["waiting"] = float(self.desk.desk_record["waiting_reward"])
        return paid

    def _show(self, paid: dict[str, float]) -> tuple[Observation, dict[str, Any]]:
        """Fill the rows, and tell what is in them."""
        open_tickets = self.desk.open_tickets()[: len(self._rows)]
        self._rows[:] = NO_TICKET
        self._rows[: len(open_tickets)] = open_tickets
        if self.render_mode == "human":
            self.render()
        return observe(self.desk, self._rows), self._info(paid)

    def _info(self, paid: dict[str, float]) -> dict[str, Any]:
        """Plain numbers; `sla_breaches` as charged, unlike the KPI `breaches`."""
        record, counts = self.desk.desk_record, self.desk.counts()
        return {
            "backlog_count": counts["open"],
            "total_resolved": counts["resolved"],
            "sla_breaches": int(record["breaches"]),
            "illegal_actions": int(record["illegal_actions"]),
            "reward_terms": paid,
            "action_mask": self._factor_masks(),
        }

    def operation_masks(self) -> Masks:
        """(5, T, A) int8: exactly which operations but `noop` are possible now."""
        return self.desk.operation_masks(self._rows.tolist())

    def _factor_masks(self) -> tuple[Masks, ...]:
        """(6,), (T,), (A,): what some possible operation has; any row and engineer if none is."""
        possible = self.operation_masks().astype(np.bool_)
        verbs = np.append(possible.any(axis=(1, 2)), True)
        rows, engineers = possible.any(axis=(0, 2)), possible.any(axis=(0, 1))
        nothing = not possible.any()
        factors = (verbs, rows | nothing, engineers | nothing)
        return tuple(np.asarray(factor, np.int8) for factor in factors)

    def action_masks(self) -> Masks:
        """For MaskablePPO: (6 + T + A,) int8, the factors' masks one after another."""
        return np.concatenate(self._factor_masks())

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
        index = NO_TICKET if row == ILLEGAL else int(self._rows[row])
        if index == NO_TICKET:
            return "no ticket"
        ticket = self.desk.ticket(index)
        return f"ticket {ticket.number} ({self.desk.scenario.categories[ticket.category]})"

    def render(self) -> str | None:
        """The desk as text: returned in mode "ansi", printed in mode "human"."""
        return draw(self.desk, self.render_mode)
