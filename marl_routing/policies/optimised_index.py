"""Greedy by an index with weights that were searched for this desk; agents may rather wait.

An index of pairs of agent and ticket, the best pair first: Whittle (1988), "Restless bandits:
activity allocation in a changing world", J. Appl. Probab. 25A; Glazebrook, Mitchell & Ansell
(2005), "Index policies for the maintenance of a collection of machines by a set of repairmen",
Eur. J. Oper. Res. 165.
There the index is derived; here it is a linear form in what a router looks at, and
`marl_routing.evaluation.tuning` searches its weights.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.c_mu import savings_rate, service_rate
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.indices import FEATURES, read_index, weights_for
from marl_routing.policies.kernels.index import NUM_CHANGING, Scoring
from marl_routing.policies.kernels.keys import VALUE
from marl_routing.policies.kernels.rule import BEST_INDEX, Rule
from marl_routing.policies.lp_specialist import in_programme
from marl_routing.scenario import Scenario

_CHANGING = FEATURES[-NUM_CHANGING:]


class OptimisedIndex(CompiledPolicy):
    """The pair of the largest index, then the next; an index below 0 is no pair at all.

    Args:
        weights: path of the file that `marl-routing tune` wrote, taken for any desk; without one
            the weights that were saved for the scenario that is played. Files are read once.
    """

    name = "optimised_index"
    matcher = BEST_INDEX
    ranking = (VALUE,)

    def __init__(self, weights: str = "") -> None:
        super().__init__()
        self._given = read_index(Path(weights)).weights if weights else None
        self._found: dict[str, dict[str, float]] = {}  # by the digest of the scenario

    @classmethod
    def of(cls, weights: Mapping[str, float]) -> Self:
        """With these weights, by the names of `FEATURES`; 0 where one is left out."""
        policy = cls()
        policy._given = {name: weights.get(name, 0.0) for name in FEATURES}
        return policy

    def require(self, scenario: Scenario) -> None:
        """Raise a ValueError if there are no weights for a scenario."""
        if self._given is None:
            self._saved(scenario.name, scenario.digest)

    def rule(self, view: DeskView) -> Rule:
        """The rule as data: `values` are what never changes in the index."""
        weights, rule = self.weights_of(view), super().rule(view)
        handle = view.handle_steps.astype(np.float64)
        pull = np.where(in_programme(view), view.shares, 0.0)
        total = pull.sum(axis=1, keepdims=True)
        scoring = Scoring(
            weights=np.array([weights[name] for name in _CHANGING]),
            slopes=np.ascontiguousarray(
                weights["crowd"] + weights["help"] * ~in_programme(view), np.float64
            ),
            handle=handle,
            pull=np.divide(pull, total, out=np.zeros_like(pull), where=total > 0),
            able=(handle > 0).sum(axis=0).astype(np.float64),
            least_urgent=float(max(1, view.num_priorities - 1)),
        )
        return rule._replace(scoring=scoring)

    def values(self, view: DeskView) -> NDArray[np.float64]:
        """The part of the index that never changes."""
        weights, rate, savings = self.weights_of(view), service_rate(view), savings_rate(view)
        parts = {
            "eager": np.ones_like(rate),
            "skill": rate / _largest(rate, axis=0),
            "focus": rate / _largest(rate, axis=1),
            "programme": in_programme(view).astype(np.float64),
            "saving": savings / savings.max(),
        }
        values: NDArray[np.float64] = sum(weights[name] * part for name, part in parts.items())
        return values

    def weights_of(self, view: DeskView) -> Mapping[str, float]:
        """The weights given, or else those of the view's scenario."""
        return self._given or self._saved(view.scenario, view.digest)

    def _saved(self, scenario: str, digest: str) -> Mapping[str, float]:
        if digest not in self._found:
            self._found[digest] = weights_for(scenario, digest)
        return self._found[digest]


def _largest(rates: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Along an axis, which stays; 1 where nobody serves."""
    largest = rates.max(axis=axis, keepdims=True)
    return np.where(largest > 0, largest, 1.0)
