"""Always pass: nobody ever accepts. The floor that every other policy must clear."""

from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.rule import NOBODY


class Pass(CompiledPolicy):
    """No agent ever takes a ticket."""

    name = "pass"
    matcher = NOBODY
