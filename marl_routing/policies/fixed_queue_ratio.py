"""Free agents serve the queue that most exceeds its share of all tickets waiting.

Gurvich & Whitt (2009), "Queue-and-idleness-ratio controls in many-server service systems",
Math. Oper. Res. 34.
"""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import EXCESS, IDLE
from marl_routing.policies.kernels.rule import BEST_PAIR_FIRST


class FixedQueueRatio(CompiledPolicy):
    """The agent that is idle longest takes from that queue; the shares are the scenario's mix.

    Queues in proportion to arrivals mean equal mean waits (Little's law). What is taken in a tick
    shortens its own queue at once, the sum of all queues from the next tick on.
    """

    name = "fixed_queue_ratio"
    matcher = BEST_PAIR_FIRST
    ranking = (EXCESS, IDLE)

    def values(self, view: DeskView) -> NDArray[np.float64]:
        """Each category's share, the same for all agents."""
        return np.broadcast_to(view.category_mix, view.handle_steps.shape).astype(np.float64)
