"""Serve only the pairs of agent and category that the capacity linear programme uses.

The static planning problem's basic activities: Harrison & Lopez (1999), "Heavy traffic resource
pooling in parallel-server systems", Queueing Systems 33.
"""

from collections.abc import Sequence

from marl_routing.core.view import DeskView
from marl_routing.policies.matching import Key, Ties, best_pair_first
from marl_routing.policies.policy import Actions, Legal
from marl_routing.policies.ranked import RankedPolicy, by_queue, fastest, per_slot

_UNUSED = 1e-9  # shares below this are the solver's rounding


class LpSpecialist(RankedPolicy):
    """The queue's order within the programme's pairs; the fastest agent of them serves."""

    name = "lp_specialist"
    matcher = best_pair_first

    def match(self, view: DeskView, legal: Legal, ties: Ties) -> Actions:
        """Match within the pairs that have a share of the agent's time."""
        return super().match(view, legal & per_slot(view.shares > _UNUSED, view), ties)

    def keys(self, view: DeskView) -> Sequence[Key]:
        """The first ticket, then its fastest agent."""
        return by_queue(view), fastest(view)
