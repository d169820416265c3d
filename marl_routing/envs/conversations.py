"""The conversations of many desks as arrays: what policies that talk see."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.conversation_record import NUM_STRATEGIES
from marl_routing.core.parameters import RESPOND, Parameters
from marl_routing.core.view import DeskView

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Conversations:
    """The customer of each agent's ticket in work; without one the entries mean nothing.

    Attributes:
        rules: the scenario's tables, as `core.parameters.rules_dtype` names them.
        inquiry: (N, A) inquiry type.
        sentiment, tier, turns, progress: (N, A).
        satisfaction: (N, A) 0 to 1.
        escalated: (N, A) whether somebody escalated it before.
        worn: (N, A, 8) how often each strategy failed.
        context: (N, A, 10) 0 to 1.
        expertise: (N, A) of the agent in the inquiry type.
    """

    rules: Any
    inquiry: Ints
    sentiment: Ints
    tier: Ints
    turns: Ints
    progress: Ints
    satisfaction: Floats
    escalated: NDArray[np.bool_]
    worn: Ints
    context: Floats
    expertise: NDArray[np.float32]

    @property
    def effectiveness(self) -> Floats:
        """(N, A, 8): of the strategies on such an inquiry in such a mood, by the table."""
        table: Floats = self.rules["effectiveness"]
        return table[self.inquiry, self.sentiment]


class TalkView(DeskView):
    """A `DeskView` of desks with customers.

    Attributes:
        rules: the scenario's tables, as `core.parameters.rules_dtype` names them.
        first_strategy: the action that says the first of the strategies; the others follow.
    """

    def __init__(self, states: NDArray[Any], parameters: Parameters) -> None:
        super().__init__(states, parameters)
        self._states = states
        self.rules = parameters.rules.desk[0]
        self.first_strategy = int(self.rules["verb_at"][RESPOND])

    def strategies(self, masks: NDArray[np.int8]) -> NDArray[np.bool_]:
        """(N, A, 8): what each agent may say, of masks of all actions."""
        columns = slice(self.first_strategy, self.first_strategy + NUM_STRATEGIES)
        legal: NDArray[np.bool_] = masks[:, :, columns] != 0
        return legal

    @cached_property
    def conversations(self) -> Conversations:
        """With the customers of the tickets in work."""
        states, current = self._states, self._states["current"]
        desks = np.arange(len(states))[:, None]
        talk, inquiry = (
            states["talk"][desks, current],
            states["tickets"]["category"][desks, current],
        )
        return Conversations(
            rules=self.rules,
            inquiry=inquiry,
            sentiment=talk["sentiment"],
            tier=talk["tier"],
            turns=talk["turns"],
            progress=talk["progress"],
            satisfaction=talk["satisfaction"].astype(np.float64),
            escalated=talk["escalated"] > 0,
            worn=talk["worn"],
            context=talk["context"].astype(np.float64),
            expertise=states["expertise"][desks, np.arange(current.shape[1]), inquiry],
        )


def desk_view(states: NDArray[Any], parameters: Parameters) -> DeskView:
    """What policies see of desks: with conversations where there are customers."""
    return (TalkView if parameters.sizes.talks else DeskView)(states, parameters)
