"""The ticket whose resolution is due first, to the free agent that handles it fastest.

Earliest due date: Jackson (1955), "Scheduling a production line to minimize maximum tardiness";
Liu & Layland (1973), "Scheduling algorithms for multiprogramming in a hard-real-time environment".
"""

from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import ARRIVAL, DEADLINE, VALUE
from marl_routing.policies.kernels.rule import BEST_PAIR_FIRST


class EarliestDeadline(CompiledPolicy):
    """Tickets without a resolution target come last, the oldest of equal ones first."""

    name = "earliest_deadline"
    matcher = BEST_PAIR_FIRST
    ranking = (DEADLINE, ARRIVAL, VALUE)
