"""What a page is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from marl_routing.evaluation import Comparison
from marl_routing.evaluation.learning_curve import LearningCurve
from marl_routing.evaluation.recording import Recording
from marl_routing.report.series import Series, chosen, rival, series
from marl_routing.report.words import counted
from marl_routing.scenario import Scenario


@dataclass(frozen=True)
class Material:
    """A comparison, and some of its episodes in detail.

    Attributes:
        scenario: the desk.
        result: the comparison.
        recordings: by policy, of those that the plots show.
        evaluated: the policy that the page is about; the best one if there is none.
        curve: how that policy learned, if it did.
    """

    scenario: Scenario
    result: Comparison
    recordings: Mapping[str, Recording]
    evaluated: str | None = None
    curve: LearningCurve | None = None

    @cached_property
    def focus(self) -> str:
        """The policy that the page is about."""
        return self.evaluated or self.result.ranking[0]

    @cached_property
    def against(self) -> str | None:
        """The policy that it is held against; none where it is alone."""
        return rival(self.result, self.focus, self.evaluated is not None)

    @cached_property
    def shown(self) -> list[Series]:
        """The policies in the plots, the focus first."""
        return series(chosen(self.result, self.focus, self.against))

    @property
    def played(self) -> str:
        """Episodes of each policy, in words."""
        return counted(self.result.episodes, "episode")

    @property
    def recorded(self) -> str:
        """Those of them that were looked at in detail."""
        return counted(self.recordings[self.focus].episodes, "episode")
