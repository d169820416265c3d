"""The triage operators of many desks."""

from pathlib import Path
from typing import Any, Literal

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from marl_routing.core.dispatch import NO_TICKET
from marl_routing.envs.actions import ILLEGAL, as_integers
from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.scenario import Scenario
from marl_routing.vector.desk_vector_env import DeskVectorEnv, Rewards
from marl_routing.vector.infos import Flags
from marl_routing.views.paid_terms import Amounts, paid_terms
from marl_routing.views.settings import checked_window, dynamic, paid_by
from marl_routing.views.triage import DEFAULT
from marl_routing.views.triage_infos import NOOP, VERBS, Masks, infos
from marl_routing.views.triage_observation import observation_space, observe, rows_of_tickets


class TriageVectorEnv(DeskVectorEnv):
    """`views.triage.TicketTriage` for many desks.

    Infos are those of `TicketTriage`; `action_mask` is a tuple of (N, 6), (N, T) and (N, A).

    Args:
        num_envs: desks.
        autoreset_mode: `AutoresetMode.NEXT_STEP` or `SAME_STEP`, or its value.
        num_threads: as in `DeskBatch`.
        scenario, window, reward: as in `TicketTriage`.
    """

    def __init__(
        self,
        num_envs: int = 1,
        scenario: str | Path | Scenario = DEFAULT,
        window: int = 10,
        reward: Literal["triage", "scenario"] = "triage",
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        num_threads: int = 1,
    ) -> None:
        window = checked_window(window)
        scenario = dynamic(paid_by(scenario, reward, "triage"))
        desks = DeskBatch(scenario, num_envs, num_threads, autoreset=False)
        self._choices = (len(VERBS), window, desks.num_agents)
        seen, actions = (
            observation_space(scenario, window),
            spaces.MultiDiscrete(list(self._choices)),
        )
        super().__init__(desks, autoreset_mode, seen, actions)
        self._tickets = np.full((num_envs, window), NO_TICKET)
        self._paid: Amounts = paid_terms(desks)

    def _begin(self, desks: Flags, seed: int | None = None) -> None:
        self.desks.reset(seed, desks)
        self._paid = {name: np.where(desks, 0.0, paid) for name, paid in self._paid.items()}
        self._tickets = rows_of_tickets(self.desks, self._choices[1])

    def _act(self, actions: NDArray[Any], desks: Flags) -> Rewards:
        shape = (self.num_envs, len(self._choices))
        verbs, rows, engineers = as_integers(actions, shape, self._choices).T
        operated = desks & (verbs != NOOP)
        tickets = np.where(rows == ILLEGAL, NO_TICKET, self._tickets[np.arange(len(rows)), rows])
        self._paid = dict.fromkeys(self._paid, np.zeros(self.num_envs))
        self.desks.operate_desks(verbs, tickets, engineers, operated)
        rewards = self._collect(operated)
        self.desks.pass_time(desks)
        rewards += self._collect(desks)
        self._tickets = rows_of_tickets(self.desks, self._choices[1])
        return rewards

    def _collect(self, desks: Flags) -> Rewards:
        """(N,): what was just paid at these desks, which is added to the account by term."""
        for name, paid in paid_terms(self.desks).items():
            self._paid[name] = self._paid[name] + np.where(desks, paid, 0.0)
        return np.where(desks, self.desks.rewards.sum(axis=1, dtype=np.float64), 0.0)

    def operation_masks(self) -> Masks:
        """(N, 5, T, A) int8: exactly which operations but `noop` are possible now."""
        return self.desks.operation_masks_of_desks(self._tickets)

    def _see(self) -> dict[str, Any]:
        return observe(self.desks, self._tickets)

    def _tell(self) -> dict[str, Any]:
        return infos(self.desks, self._tickets, self._paid)
