"""One customer, one agent, turn by turn: what to say, as a Gymnasium environment."""

from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from marl_routing.core.conversation_record import SENTIMENTS, STRATEGIES, TIERS
from marl_routing.core.dispatch import NO_TICKET
from marl_routing.core.fields import Field
from marl_routing.envs.actions import ILLEGAL, as_integer
from marl_routing.envs.parallel import TicketRoutingEnv
from marl_routing.envs.single_desk import Snapshot
from marl_routing.scenario import Scenario
from marl_routing.views.conversation_desk import AGENT, context_names, conversation_desk
from marl_routing.views.conversation_observation import (
    CONTEXT,
    OUTCOMES,
    RUNNING,
    SINGLE,
    accepts,
    action_masks,
    infos,
    observation_space,
    observe,
    outcomes,
)
from marl_routing.views.paid_terms import Amounts, paid_terms
from marl_routing.views.rows import row_of

__all__ = ["OUTCOMES", "RUNNING", "CustomerSupport", "Masks", "Moment", "Observation"]

NOT_BEGUN = "not begun"
NOT_RUNNING = "No conversation is running: call reset() first."

Observation: TypeAlias = NDArray[np.float32]  # (17,)
Masks: TypeAlias = NDArray[np.int8]  # (8,)


class Moment(NamedTuple):
    """One moment of a conversation, to go back to."""

    desk: Snapshot
    ticket: int


class CustomerSupport(gymnasium.Env[Observation, np.int64]):
    """Talk to one customer: a wrapper over the parallel environment on a desk of one agent.

    An episode is a conversation, a step a turn, an action one of `STRATEGIES`. It terminates when
    the ticket is resolved or escalated, the customer hangs up or the turns are out, and never
    truncates. The reward is the sum over agents of the preset `conversation`.

    Args:
        industry: `bfsi`, `retail`, `tech` or `mixed`, the name or the path of a scenario with
            customers, or a `Scenario`.
        expertise: of the agent in every inquiry type, 0 to 1.
        colleague: whether there is somebody to escalate to; else that is not legal.
        render_mode: None, "ansi" or "human".

    What is not legal, or no strategy, is a silent turn and counts as illegal.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "human"], "render_fps": 4}  # noqa: RUF012

    def __init__(
        self,
        industry: str | Path | Scenario = "bfsi",
        expertise: float = 0.7,
        colleague: bool = True,
        render_mode: Literal["ansi", "human"] | None = None,
    ) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(f"render_mode must be None, 'ansi' or 'human', not {render_mode!r}")
        self.desk = TicketRoutingEnv(conversation_desk(industry, expertise, colleague))
        self.render_mode = render_mode
        self._agent = self.desk.possible_agents[AGENT]
        actions = self.desk.action_spaces[self._agent]
        assert isinstance(actions, spaces.Discrete)
        self._first = int(actions.n) - len(STRATEGIES)  # what says the first of them
        self.action_space = spaces.Discrete(len(STRATEGIES))
        self.observation_space = observation_space()
        self._ticket = NO_TICKET  # its place in the record
        self._outcome = NOT_BEGUN

    def observation_fields(self) -> list[Field]:
        """(name, low, high) of every entry."""
        entries = [f"{CONTEXT}[{name}]" for name in context_names(self.desk.scenario)]
        return [Field(name, 0.0, 1.0) for name in (*SINGLE, *entries)]

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Meet the customer of episode 0 of `seed`, or the next one, and accept the ticket."""
        super().reset(seed=seed)
        self.desk.reset(seed=seed)
        self._move(int(accepts(self.desk.batch)[0, AGENT]))
        self._ticket = int(self.desk.desk_record["current"][AGENT])
        return self._show(dict.fromkeys(paid_terms(self.desk.batch), np.zeros(1)))

    def step(self, action: np.int64 | int) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Say something, and hear what the customer makes of it."""
        if self._over:
            raise RuntimeError(NOT_RUNNING)
        strategy = as_integer(action, len(STRATEGIES))
        reward = self._move(strategy if strategy == ILLEGAL else self._first + strategy)
        observation, info = self._show(paid_terms(self.desk.batch))
        return observation, reward, self._over, False, info

    def _move(self, action: int) -> float:
        """The agent acts, the colleague passes; what that paid."""
        return sum(self.desk.step({self._agent: action})[1].values())

    def action_masks(self) -> Masks:
        """For MaskablePPO: (8,) int8, 1 where legal; all 1 when the conversation is over."""
        masks: Masks = action_masks(self.desk.batch, np.array([self._over]))[0]
        return masks

    @property
    def _over(self) -> bool:
        return self._outcome != RUNNING

    def _show(self, paid: Amounts) -> tuple[Observation, dict[str, Any]]:
        tickets = np.array([self._ticket])
        observation: Observation = observe(self.desk.batch, tickets)[0]
        info: dict[str, Any] = row_of(infos(self.desk.batch, tickets, paid), 0)
        self._outcome = info["outcome"]
        if self.render_mode == "human":
            self.render()
        return observation, info

    @property
    def _talk(self) -> Any:
        return self.desk.desk_record["talk"][self._ticket]

    @property
    def _ticket_record(self) -> Any:
        return self.desk.desk_record["tickets"][self._ticket]

    def snapshot(self) -> Moment:
        """Everything that decides what happens next, randomness included; picklable."""
        return Moment(self.desk.snapshot(), self._ticket)

    def restore(self, moment: Moment) -> None:
        """Go back to a moment of this environment, or of another made alike."""
        self.desk.restore(moment.desk)
        self._ticket = moment.ticket
        self._outcome = str(outcomes(self.desk.batch)[0])

    def render(self) -> str | None:
        """The conversation in a line: returned in mode "ansi", printed in mode "human"."""
        if self._ticket == NO_TICKET:
            raise RuntimeError(NOT_RUNNING)
        scenario, ticket, talk = self.desk.scenario, self._ticket_record, self._talk
        text = (
            f"{scenario.categories[ticket['category']]} "
            f"({scenario.priorities[ticket['priority']]}), {TIERS[talk['tier']]} customer, "
            f"{SENTIMENTS[talk['sentiment']]}, satisfaction {talk['satisfaction']:.2f}, "
            f"{talk['talked']} turns: {self._outcome.replace('_', ' ')}"
        )
        if self.render_mode == "human":
            print(text)
            return None
        return text
