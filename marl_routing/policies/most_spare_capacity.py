"""On arrival each ticket goes to the agent that could hold the most tickets more.

What Zendesk assigns by unless told otherwise ("Creating capacity rules to balance agent workloads",
support.zendesk.com: highest spare capacity), and `Most Available` of Salesforce Omni-Channel
("Routing Configuration Settings", help.salesforce.com).
"""

from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import SPARE
from marl_routing.policies.kernels.rule import PUSHED


class MostSpareCapacity(CompiledPolicy):
    """Capacity less tickets held, in numbers; where all have one capacity, `shortest_queue`."""

    name = "most_spare_capacity"
    matcher = PUSHED
    ranking = (SPARE,)
