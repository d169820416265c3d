"""Tickets use up more or less of an agent's capacity, by their queue; most spare capacity first.

`Units of Capacity` of Salesforce Omni-Channel: "Routing Configuration Settings",
help.salesforce.com.
"""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import SPARE
from marl_routing.policies.kernels.rule import PUSHED


class CapacityWeights(CompiledPolicy):
    """A ticket weighs its category's mean work, on the scale where the average ticket weighs 1.

    It is pushed, on arrival or later, to an agent who can still carry it: whose tickets then weigh
    at most its capacity, or who holds nothing.
    """

    name = "capacity_weights"
    matcher = PUSHED
    ranking = (SPARE,)
    has_limit: ClassVar[bool] = True

    def weights(self, view: DeskView) -> NDArray[np.float32]:
        """The same for all agents and priorities."""
        work = view.mean_minutes / float(view.category_mix @ view.mean_minutes)
        shape = *view.handle_steps.shape, view.num_priorities
        return np.broadcast_to(work[None, :, None], shape).astype(np.float32)
