"""Conversations with many customers at once, each of its own length."""

from pathlib import Path
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from marl_routing.core.conversation_record import NUM_STRATEGIES
from marl_routing.core.dispatch import NO_TICKET
from marl_routing.envs.actions import ILLEGAL, as_integers
from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.scenario import Scenario
from marl_routing.vector.desk_vector_env import DeskVectorEnv, Rewards
from marl_routing.vector.infos import Flags
from marl_routing.views.conversation_desk import AGENT, conversation_desk
from marl_routing.views.conversation_observation import (
    RUNNING,
    accepts,
    infos,
    observation_space,
    observe,
    outcomes,
)
from marl_routing.views.paid_terms import Amounts, paid_terms


class ConversationVectorEnv(DeskVectorEnv):
    """`views.conversation.CustomerSupport` with many customers; infos are the same.

    Args:
        num_envs: customers.
        autoreset_mode: `AutoresetMode.NEXT_STEP` or `SAME_STEP`, or its value.
        num_threads: as in `DeskBatch`.
        industry, expertise, colleague: as in `CustomerSupport`.
    """

    def __init__(
        self,
        num_envs: int = 1,
        industry: str | Path | Scenario = "bfsi",
        expertise: float = 0.7,
        colleague: bool = True,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        num_threads: int = 1,
    ) -> None:
        scenario = conversation_desk(industry, expertise, colleague)
        desks = DeskBatch(scenario, num_envs, num_threads, autoreset=False)
        self._first = desks.parameters.sizes.actions - NUM_STRATEGIES  # says the first strategy
        actions = spaces.Discrete(NUM_STRATEGIES)
        super().__init__(desks, autoreset_mode, observation_space(), actions)
        self._tickets = np.full(num_envs, NO_TICKET)
        self._paid: Amounts = paid_terms(desks)

    def _begin(self, desks: Flags, seed: int | None = None) -> None:
        self.desks.reset(seed, desks)
        self.desks.step(accepts(self.desks), desks)
        self._tickets[desks] = self.desks.states["current"][desks, AGENT]
        self._paid = {name: np.where(desks, 0.0, paid) for name, paid in self._paid.items()}

    def _act(self, actions: NDArray[Any], desks: Flags) -> Rewards:
        said = as_integers(actions, (self.num_envs,), NUM_STRATEGIES)
        joint = np.zeros((self.num_envs, self.desks.num_agents), np.int32)
        joint[:, AGENT] = np.where(said == ILLEGAL, ILLEGAL, self._first + said)
        self.desks.step(joint, desks)
        self._paid = paid_terms(self.desks)
        return np.where(desks, self.desks.rewards.sum(axis=1, dtype=np.float64), 0.0)

    def _ends(self) -> tuple[Flags, Flags]:
        return outcomes(self.desks) != RUNNING, ~self._every_desk

    def _see(self) -> NDArray[np.float32]:
        return observe(self.desks, self._tickets)

    def _tell(self) -> dict[str, Any]:
        return infos(self.desks, self._tickets, self._paid)
