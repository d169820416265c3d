"""The central dispatchers of many desks."""

from pathlib import Path
from typing import Any, Literal

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from marl_routing.core.dispatch import NO_TICKET
from marl_routing.envs.actions import as_integers
from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.scenario import Scenario
from marl_routing.vector.desk_vector_env import DeskVectorEnv, Rewards
from marl_routing.vector.infos import Flags
from marl_routing.views.dispatcher_observation import (
    action_masks,
    can_take,
    kpis,
    observation_space,
    observe,
)
from marl_routing.views.settings import paid_by


class DispatcherVectorEnv(DeskVectorEnv):
    """`views.dispatcher.TicketDispatcher` for many desks, each running on to its own next ticket.

    Infos hold `action_mask`, (N, actions) int8; of desks whose episode ended also the KPIs.

    Args:
        num_envs: desks.
        autoreset_mode: `AutoresetMode.NEXT_STEP` or `SAME_STEP`, or its value.
        num_threads: as in `DeskBatch`.
        scenario, nested, allow_hold, reward: as in `TicketDispatcher`.
    """

    def __init__(
        self,
        num_envs: int = 1,
        scenario: str | Path | Scenario = "saas_balanced",
        nested: bool = False,
        allow_hold: bool = False,
        reward: Literal["routing", "scenario"] = "routing",
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        num_threads: int = 1,
    ) -> None:
        desks = DeskBatch(
            paid_by(scenario, reward, "routing"), num_envs, num_threads, autoreset=False
        )
        self._num_actions = desks.num_agents + allow_hold
        seen, actions = (
            observation_space(desks.scenario, nested),
            spaces.Discrete(self._num_actions),
        )
        super().__init__(desks, autoreset_mode, seen, actions)
        self._nested, self._allow_hold = nested, allow_hold
        self._tickets = np.full(num_envs, NO_TICKET)
        self._takers = np.ones((num_envs, desks.num_agents), np.bool_)  # as last seen
        self._unpaid = np.zeros(num_envs)  # what the clock cost before an episode's first decision

    def _begin(self, desks: Flags, seed: int | None = None) -> None:
        self.desks.reset(seed, desks)
        self._unpaid[desks] = self._run_to_next_tickets(desks)[desks]

    def _act(self, actions: NDArray[Any], desks: Flags) -> Rewards:
        chosen = as_integers(actions, (self.num_envs,), self._num_actions)
        rewards = np.where(desks, self._unpaid, 0.0)
        self._unpaid[desks] = 0.0
        offered = desks & (self._tickets != NO_TICKET)
        holds = offered & self._allow_hold & (chosen == self._num_actions - 1)
        places = offered & ~holds
        self.desks.hold_desks(self._tickets, holds)
        self.desks.place_desks(self._tickets, chosen, places)
        rewards[places] += self.desks.rewards[places].sum(axis=1, dtype=np.float64)
        return rewards + self._run_to_next_tickets(desks)

    def _run_to_next_tickets(self, desks: Flags) -> Rewards:
        """Let time pass where there is nothing to decide; (N,) the sum of what that paid."""
        paid = np.zeros(self.num_envs)
        waiting = self._offer(desks)
        while waiting.any():
            self.desks.pass_time(waiting)
            paid[waiting] += self.desks.rewards[waiting].sum(axis=1, dtype=np.float64)
            waiting = self._offer(waiting)
        return paid

    def _offer(self, desks: Flags) -> Flags:
        """Which of these desks have no ticket to decide, and go on."""
        running = desks & ~self.desks.truncations[:, 0]
        self._tickets[desks] = self.desks.offer_desks(running)[desks]
        idle: Flags = running & (self._tickets == NO_TICKET)
        return idle

    def _see(self) -> dict[str, Any]:
        view = self.desks.view()
        self._takers = can_take(self.desks, view, self._tickets)
        return observe(self.desks, view, self._tickets, self._takers, self._nested)

    def _tell(self) -> dict[str, Any]:
        return {"action_mask": action_masks(self._takers, self._allow_hold)}

    def _tell_end(self, desks: Flags) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for env in np.flatnonzero(desks).tolist():
            for name, value in kpis(self.desks, env).items():
                told.setdefault(name, np.zeros(self.num_envs))[env] = value
        return told
