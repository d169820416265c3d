"""The ticket whose resolution is due first, to the free agent that handles it fastest.

Earliest due date: Jackson (1955), "Scheduling a production line to minimize maximum tardiness";
Liu & Layland (1973), "Scheduling algorithms for multiprogramming in a hard-real-time environment".
"""

from collections.abc import Sequence

import numpy as np

from marl_routing.core.view import DeskView
from marl_routing.policies.matching import Key, best_pair_first
from marl_routing.policies.ranked import RankedPolicy, by_arrival, fastest


class EarliestDeadline(RankedPolicy):
    """Tickets without a resolution target come last."""

    name = "earliest_deadline"
    matcher = best_pair_first

    def keys(self, view: DeskView) -> Sequence[Key]:
        """The earliest deadline, then the oldest ticket, then its fastest agent."""
        return -view.due[:, None, :].astype(np.int64), by_arrival(view), fastest(view)
