"""Every free agent takes the waiting ticket that it handles fastest: greedy skill-based routing.

Work-conserving, and known to waste specialists on the wrong tickets under load: Gans, Koole &
Mandelbaum (2003), "Telephone call centers: tutorial, review, and research prospects", section 5.
"""

from collections.abc import Sequence

from marl_routing.core.view import DeskView
from marl_routing.policies.matching import Key, agent_by_agent
from marl_routing.policies.ranked import RankedPolicy, fastest


class BestSkill(RankedPolicy):
    """Agents choose in random order, each its own fastest category that has a ticket left."""

    name = "best_skill"
    matcher = agent_by_agent

    def keys(self, view: DeskView) -> Sequence[Key]:
        """The shortest handle time."""
        return (fastest(view),)
