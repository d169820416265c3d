"""Free agents serve the longest of the queues that they can serve.

Tassiulas & Ephremides (1993), "Dynamic server allocation to parallel queues with randomly varying
connectivity", IEEE Trans. Inf. Theory 39: for one agent that serves all it can equally fast no rule
keeps more desks stable. Where speeds differ, it does not look at them.
"""

from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import WAITING
from marl_routing.policies.kernels.rule import AGENT_BY_AGENT


class LongestQueue(CompiledPolicy):
    """Agents choose in random order; what others took before no longer counts."""

    name = "longest_queue"
    matcher = AGENT_BY_AGENT
    ranking = (WAITING,)
