"""The frame of rules that talk: take tickets as `best_skill` does, and choose what to say."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.conversation_record import NUM_STRATEGIES
from marl_routing.core.view import DeskView
from marl_routing.envs.conversations import Conversations, TalkView
from marl_routing.policies.best_skill import BestSkill
from marl_routing.policies.kernels.customers import customers_of, manners_of
from marl_routing.policies.kernels.loops import say_on_desks
from marl_routing.policies.kernels.rule import Rule
from marl_routing.policies.policy import Actions, Legal, Masks
from marl_routing.scenario import Scenario
from marl_routing.views.conversation import CustomerSupport
from marl_routing.views.conversation_desk import AGENT

Strategies: TypeAlias = NDArray[np.int64]  # (N, A)


class TalkingPolicy(BestSkill):
    """A rule for desks with customers; which one `speaker` says, of `kernels.rule`."""

    def require(self, scenario: Scenario) -> None:
        """Raise a ValueError if there are no customers."""
        if scenario.customers is None:
            raise ValueError(
                f"policy {self.name}: only where agents talk to customers, "
                f"and {scenario.name} has none"
            )

    def act(self, view: DeskView, masks: Masks) -> Actions:
        """(N, A) int32 actions; see `Policy.act`.

        Raises:
            ValueError: if the view is of desks without customers.
        """
        view = self._with_customers(view)
        actions = super().act(view, masks)
        legal = view.strategies(masks)
        said = self.say(view.conversations, legal)
        may_say = np.take_along_axis(legal, said[:, :, None], axis=2)[:, :, 0]
        talks: Actions = np.where(may_say, view.first_strategy + said, actions).astype(np.int32)
        return talks

    def rule(self, view: DeskView) -> Rule:
        """The rule as data, with how customers are."""
        return super().rule(view)._replace(manners=manners_of(self._with_customers(view).rules))

    def answer(self, support: CustomerSupport) -> int:
        """What to say in the single-conversation view: an action of it."""
        view = self._with_customers(support.desk.view())
        legal = np.broadcast_to(support.action_masks() != 0, (*view.held.shape, NUM_STRATEGIES))
        return int(self.say(view.conversations, legal)[0, AGENT])

    def say(self, talks: Conversations, legal: Legal) -> Strategies:
        """(N, A): what each agent says, (N, A, 8) being legal; silence if that is not.

        Where no agent talks the answer does not matter.
        """
        said = np.zeros(legal.shape[:2], np.int64)
        customers = customers_of(talks, legal)
        say_on_desks(self.speaker, manners_of(talks.rules), customers, said)
        return said

    def _with_customers(self, view: DeskView) -> TalkView:
        if not isinstance(view, TalkView):
            raise ValueError(f"policy {self.name}: only where agents talk to customers")
        return view
