"""The central dispatcher: one Gymnasium agent that says who gets each ticket."""

from pathlib import Path
from typing import Any, Literal

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from marl_routing.envs.actions import PASS, as_integer
from marl_routing.envs.parallel import TicketRoutingEnv
from marl_routing.envs.single_desk import NO_TICKET
from marl_routing.scenario import Scenario, load_scenario
from marl_routing.views.drawing import draw

GROUPS = {
    "current_ticket": ("ticket_type", "ticket_priority", "ticket_age"),
    "agents": ("agent_expertise", "agent_workload", "agent_availability"),
}


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
        if reward not in ("routing", "scenario"):
            raise ValueError(f"reward must be 'routing' or 'scenario', not {reward!r}")
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(f"render_mode must be None, 'ansi' or 'human', not {render_mode!r}")
        scenario = load_scenario(scenario)
        if reward == "routing":
            scenario = load_scenario(scenario, reward={"preset": "routing"})
        # The desk itself never prints: this view draws after every decision, not every step.
        self.desk = TicketRoutingEnv(
            scenario, render_mode="ansi" if render_mode else None, action_mask="none"
        )
        self.render_mode = render_mode
        self._nested = nested
        self._hold = len(self.desk.possible_agents) if allow_hold else None
        self._num_actions = len(self.desk.possible_agents) + allow_hold
        self.action_space = spaces.Discrete(self._num_actions)
        flat = self._spaces()
        self.observation_space = _dict_space(_grouped(flat) if nested else flat)
        self._pass = dict.fromkeys(self.desk.possible_agents, PASS)
        self._ticket = NO_TICKET
        self._unpaid = 0.0  # what the clock cost before the episode's first decision
        self._over = True

    def _spaces(self) -> dict[str, Any]:
        scenario, agents = self.desk.scenario, len(self.desk.possible_agents)
        categories = len(scenario.categories)
        return {
            "ticket_type": spaces.Discrete(categories + 1),
            "ticket_priority": spaces.Discrete(len(scenario.priorities) + 1),
            "ticket_age": spaces.Box(0, 1, (1,), np.float32),
            "agent_expertise": spaces.Box(0, 1, (agents * categories,), np.float32),
            "agent_workload": spaces.Box(0, 1, (agents,), np.float32),
            "agent_availability": spaces.Box(0, 1, (agents,), np.float32),
            "queue_size": spaces.Discrete(scenario.queue.max_open_tickets + 1),
            "time_step": spaces.Discrete(scenario.time.horizon_steps + 1),
        }

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Begin episode 0 of `seed`, or the next one, and run the desk to its first decision."""
        super().reset(seed=seed)
        self.desk.reset(seed=seed)
        self._unpaid = self._run_to_next_ticket()
        self._over = False
        if self.render_mode == "human":
            self.render()
        return self._observe(), self._info()

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
        if self.render_mode == "human":
            self.render()
        return self._observe(), reward, False, self._over, self._info()

    def _decide(self, action: int) -> float:
        if action == self._hold:
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

    def _observe(self) -> dict[str, Any]:
        view = self.desk.view()
        categories, priorities = view.expertise.shape[1], view.num_priorities
        kind, priority, age = categories, priorities, 0.0
        if self._ticket != NO_TICKET:
            ticket = self.desk.ticket(self._ticket)
            kind, priority, age = ticket.category, ticket.priority, ticket.age
        flat = {
            "ticket_type": kind,
            "ticket_priority": priority,
            "ticket_age": np.array([age], np.float32),
            "agent_expertise": view.expertise.astype(np.float32).ravel(),
            "agent_workload": (view.held[0] / view.capacity).astype(np.float32),
            "agent_availability": self._can_take().astype(np.float32),
            "queue_size": int(view.queued[0].sum()),
            "time_step": int(view.step[0]),
        }
        return _grouped(flat) if self._nested else flat

    def _can_take(self) -> NDArray[np.bool_]:
        """(num_agents,): who may be given the ticket on offer; all when there is none."""
        view = self.desk.view()
        if self._ticket == NO_TICKET:
            return np.ones(len(view.capacity), bool)
        category = self.desk.ticket(self._ticket).category
        free: NDArray[np.bool_] = (view.held[0] < view.capacity) & view.on_shift[0]
        return free & np.asarray(view.speed[:, category] > 0)

    def action_masks(self) -> NDArray[np.int8]:
        """For MaskablePPO: (num_actions,) int8, 1 where legal; all 1 when no ticket is on offer."""
        mask = np.ones(self._num_actions, np.int8)
        mask[: len(self._pass)] = self._can_take()
        return mask

    def _info(self) -> dict[str, Any]:
        """The KPIs so far, times in minutes; 0 where there is no case yet (nan equals nothing)."""
        kpis = {name: float(np.nan_to_num(value)) for name, value in self.desk.headline().items()}
        return {**kpis, "action_mask": self.action_masks()}

    def render(self) -> str | None:
        """The desk as text: returned in mode "ansi", printed in mode "human"."""
        return draw(self.desk, self.render_mode)


def _grouped(flat: dict[str, Any]) -> dict[str, Any]:
    grouped = {group: {name: flat[name] for name in names} for group, names in GROUPS.items()}
    taken = {name for names in GROUPS.values() for name in names}
    return grouped | {name: value for name, value in flat.items() if name not in taken}


def _dict_space(parts: dict[str, Any]) -> spaces.Dict:
    """A Dict space of spaces and, where a part is a dict itself, of Dict spaces."""
    return spaces.Dict(
        {name: _dict_space(p) if isinstance(p, dict) else p for name, p in parts.items()}
    )
