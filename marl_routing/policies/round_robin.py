"""The first ticket of the queue to the next agent in turn.

The rule of most help desks' automatic assignment; for its queueing theory see Ephremides,
Varaiya & Walrand (1980), "A simple dynamic routing problem".
"""

from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import QUEUE, TURN
from marl_routing.policies.kernels.rule import BEST_PAIR_FIRST


class RoundRobin(CompiledPolicy):
    """Each desk remembers whose turn is next; agents that cannot take the ticket are skipped.

    Then the turn moves behind the last agent served. Every desk's first turn is drawn.
    """

    name = "round_robin"
    matcher = BEST_PAIR_FIRST
    ranking = (QUEUE, TURN)
