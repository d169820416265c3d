"""Join the shortest queue: on arrival each ticket goes to the agent that holds the fewest.

Winston (1977), "Optimality of the shortest line discipline", J. Appl. Probab. 14: the best one can
do with equal agents and tickets pushed on arrival; a common queue, where that is possible, is
better still.
"""

from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import LIGHTEST
from marl_routing.policies.kernels.rule import PUSHED


class ShortestQueue(CompiledPolicy):
    """Of the agents who can serve it and have room; the ticket waits with its agent."""

    name = "shortest_queue"
    matcher = PUSHED
    ranking = (LIGHTEST,)
