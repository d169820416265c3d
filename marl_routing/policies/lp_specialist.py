"""Serve only the pairs of agent and category that the capacity linear programme uses.

The static planning problem's basic activities: Harrison & Lopez (1999), "Heavy traffic resource
pooling in parallel-server systems", Queueing Systems 33.
"""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import QUEUE, VALUE
from marl_routing.policies.kernels.rule import BEST_PAIR_FIRST

_UNUSED = 1e-9  # shares below this are the solver's rounding


class LpSpecialist(CompiledPolicy):
    """The queue's order within the programme's pairs; the fastest agent of them serves."""

    name = "lp_specialist"
    matcher = BEST_PAIR_FIRST
    ranking = (QUEUE, VALUE)

    def allowed(self, view: DeskView) -> NDArray[np.bool_]:
        """The pairs that have a share of the agent's time."""
        return in_programme(view)


def in_programme(view: DeskView) -> NDArray[np.bool_]:
    """(A, C): the pairs that the capacity programme uses."""
    used: NDArray[np.bool_] = view.shares > _UNUSED
    return used
