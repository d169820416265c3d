"""Every free agent takes the waiting ticket that it handles fastest: greedy skill-based routing.

Work-conserving, and known to waste specialists on the wrong tickets under load: Gans, Koole &
Mandelbaum (2003), "Telephone call centers: tutorial, review, and research prospects", section 5.
"""

from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.keys import VALUE
from marl_routing.policies.kernels.rule import AGENT_BY_AGENT


class BestSkill(CompiledPolicy):
    """Agents choose in random order, each its own fastest category that has a ticket left."""

    name = "best_skill"
    matcher = AGENT_BY_AGENT
    ranking = (VALUE,)
