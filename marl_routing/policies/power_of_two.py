"""The power of two choices: of two agents drawn at random the one that holds fewer gets the ticket.

Mitzenmacher (2001), "The power of two choices in randomized load balancing", IEEE Trans. Parallel
Distrib. Syst. 12.
"""

from typing import ClassVar

from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import LIGHTEST
from marl_routing.policies.kernels.rule import PUSHED


class PowerOfTwo(CompiledPolicy):
    """Tickets are pushed on arrival; two different agents are drawn of those who can take it."""

    name = "power_of_two"
    matcher = PUSHED
    ranking = (LIGHTEST,)
    draws_two: ClassVar[bool] = True
