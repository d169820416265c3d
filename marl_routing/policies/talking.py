"""The frame of rules that talk: take tickets as `best_skill` does, and choose what to say."""

from abc import ABC, abstractmethod
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.conversation import LIKELIEST, UNLIKELIEST
from marl_routing.core.conversation_record import MOST_WORN, NUM_STRATEGIES
from marl_routing.core.view import DeskView
from marl_routing.envs.conversations import Conversations, Floats, TalkView
from marl_routing.policies.best_skill import BestSkill
from marl_routing.policies.policy import Actions, Legal, Masks
from marl_routing.views.conversation import CustomerSupport
from marl_routing.views.conversation_desk import AGENT

Strategies: TypeAlias = NDArray[np.intp]  # (N, A)


class TalkingPolicy(ABC):
    """A rule for desks with customers; `name` as in `Policy`."""

    name: str

    def __init__(self) -> None:
        self._taking = BestSkill()

    def reset(self, seed: int) -> None:
        """Forget everything; desk i then draws its ties from `seed + i`."""
        self._taking.reset(seed)

    def act(self, view: DeskView, masks: Masks) -> Actions:
        """(N, A) int32 actions; see `Policy.act`.

        Raises:
            ValueError: if the view is of desks without customers.
        """
        if not isinstance(view, TalkView):
            raise ValueError(f"policy {self.name}: only where agents talk to customers")
        actions = self._taking.act(view, masks)
        legal = view.strategies(masks)
        said = self.say(view.conversations, legal)
        may_say = np.take_along_axis(legal, said[:, :, None], axis=2)[:, :, 0]
        talks: Actions = np.where(may_say, view.first_strategy + said, actions).astype(np.int32)
        return talks

    def answer(self, support: CustomerSupport) -> int:
        """What to say in the single-conversation view: an action of it."""
        view = support.desk.view()
        assert isinstance(view, TalkView)
        legal = np.broadcast_to(support.action_masks() != 0, (*view.held.shape, NUM_STRATEGIES))
        return int(self.say(view.conversations, legal)[0, AGENT])

    @abstractmethod
    def say(self, talks: Conversations, legal: Legal) -> Strategies:
        """(N, A): what each agent says, (N, A, 8) being legal; silence if that is not.

        Where no agent talks the answer does not matter.
        """


def chances(talks: Conversations) -> Floats:
    """(N, A, 8): how likely each strategy is to work, as the desk reckons."""
    rules = talks.rules
    worn = rules["wear"] * np.minimum(talks.worn, MOST_WORN) / MOST_WORN
    skill = rules["skill_floor"] + (1.0 - rules["skill_floor"]) * talks.expertise
    chance: Floats = talks.effectiveness * (1.0 - worn) * skill[:, :, None]
    chance += (talks.context - 0.5) @ rules["context_effects"].T
    chance += rules["tier_help"] * talks.escalated[:, :, None]
    chance = np.clip(chance, UNLIKELIEST, LIKELIEST)
    return chance


def best_of(values: Floats, allowed: Legal) -> Strategies:
    """(N, A): the first of the best strategies that are allowed."""
    best: Strategies = np.where(allowed, values, -np.inf).argmax(axis=2)
    return best
