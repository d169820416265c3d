"""On arrival each ticket goes to the agent that can be expected to be done with it first.

Selen, Adan, Kapodistria & van Leeuwaarden (2016), "Steady-state analysis of shortest expected delay
routing", Queueing Systems 84; Whitt (1986), "Deciding which queue to join: some counterexamples",
Oper. Res. 34, on when it is not the best.
"""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import SOONEST
from marl_routing.policies.kernels.rule import PUSHED


class LeastExpectedDelay(CompiledPolicy):
    """Delay: the handle times of all that the agent holds, begun or not, and of the ticket.

    As if agents worked on one ticket at a time.
    """

    name = "least_expected_delay"
    matcher = PUSHED
    ranking = (SOONEST,)

    def weights(self, view: DeskView) -> NDArray[np.float32]:
        """The expected handle time, in steps."""
        shape = *view.handle_steps.shape, view.num_priorities
        return np.broadcast_to(view.handle_steps[:, :, None], shape).astype(np.float32)
