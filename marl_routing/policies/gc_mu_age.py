"""The generalised c-mu rule on ages: the largest marginal cost of delay times service rate.

Van Mieghem (1995), "Dynamic scheduling with convex delay costs: the generalized c-mu rule",
Ann. Appl. Probab. 5; here with costs that are quadratic in a ticket's age, h age^2 / 2, so that the
index is h age mu.
"""

from marl_routing.policies.c_mu import CMu
from marl_routing.policies.kernels.keys import AGE_VALUE, VALUE


class GcMuAge(CMu):
    """Agents choose in random order; h is the `waiting` weight. Tickets just come rank by h mu."""

    name = "gc_mu_age"
    ranking = (AGE_VALUE, VALUE)
