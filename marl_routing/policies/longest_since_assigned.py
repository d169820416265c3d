"""On arrival each ticket goes to the agent with room whose last one was given longest ago.

Round robin as Zendesk means it: "Using round robin routing for email, messaging conversations, and
call tickets", support.zendesk.com.
"""

from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import GIVEN
from marl_routing.policies.kernels.rule import PUSHED


class LongestSinceAssigned(CompiledPolicy):
    """Who never got one comes first. Unlike `round_robin`, agents need not have a free hand."""

    name = "longest_since_assigned"
    matcher = PUSHED
    ranking = (GIVEN,)
