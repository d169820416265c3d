"""The generalised c-mu rule on queue lengths: the largest marginal cost times service rate.

Mandelbaum & Stolyar (2004), "Scheduling flexible servers with convex costs: heavy-traffic
optimality of the generalized c-mu rule", Oper. Res. 52; here with costs that are quadratic in the
queue, h q^2 / 2, so that the index is h q mu: MaxWeight, one agent after the other.
"""

from marl_routing.policies.c_mu import CMu
from marl_routing.policies.kernels.keys import WAITING_VALUE


class GcMuQueue(CMu):
    """Agents choose in random order; h is the `waiting` weight, q what others left of the queue."""

    name = "gc_mu_queue"
    ranking = (WAITING_VALUE,)
