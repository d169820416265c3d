"""Long-run average costs of small desks by relative value iteration, with bounds on the error.

White (1963), "Dynamic programming, Markov chains, and the method of successive approximations",
J. Math. Anal. Appl. 6; bounds: Odoni (1969), "On finding the maximal gain for Markov decision
processes", Oper. Res. 17. Iterated until the bounds agree to PRECISION.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from marl_routing.theory.decisions import Decisions, Flags
from marl_routing.theory.small_desk import Floats
from marl_routing.theory.states import IMPOSSIBLE, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_array

PRECISION = 1e-9  # of an average, relative
ROUGHLY = 1e-5  # what is accepted of averages so small that rounding hides them
STRIDE = 1000  # iterations in which the bounds must have come nearer


class Plan(NamedTuple):
    """A best policy.

    Attributes:
        cost: long-run average cost a step.
        choice: (n,) joint action in each state.
        after: (n,) the state that it leads to.
    """

    cost: float
    choice: Ints
    after: Ints


def best_plan(problem: Decisions, *, keeps_busy: bool = False) -> Plan:
    """The policy of least long-run average cost.

    Among joint actions that are equally good the one that accepts most tickets is chosen.

    Args:
        problem: of a desk.
        keeps_busy: only policies that never let an agent idle beside a ticket that it could serve
            (work-conserving ones).
    """
    legal = problem.after != IMPOSSIBLE
    if keeps_busy:
        legal &= ~problem.idles[problem.after]
    forbidden = np.where(legal, 0.0, np.inf)

    def worth(values: Floats) -> Floats:
        onward: Floats = problem.onward @ values
        return onward[problem.after] + forbidden

    cost, values = _iterate(
        lambda values: problem.cost + worth(values).min(axis=0), len(problem.states)
    )
    worths = worth(values)
    good = worths <= worths.min(axis=0) + PRECISION * max(cost, 1.0)
    choice = good.argmax(axis=0)
    return Plan(cost, choice, problem.after[choice, np.arange(len(choice))])


def average(problem: Decisions, assigns: "csr_array", costs: Floats | Flags) -> float:
    """Long-run average of what a stationary policy meets.

    Args:
        problem: of a desk.
        assigns: (n, n) chances of the state right after the policy acts, from the one it sees.
        costs: (n,) of the states that it sees.
    """
    from scipy.sparse import csr_array

    step = csr_array(assigns @ problem.onward)
    paid = costs.astype(np.float64)
    return _iterate(lambda values: paid + step @ values, len(paid))[0]


def _iterate(operator: Callable[[Floats], Floats], size: int) -> tuple[float, Floats]:
    """The average that an operator of (size,) values adds each time, and the relative values."""
    values, apart = np.zeros(size), np.inf
    while True:
        for _ in range(STRIDE):
            following = operator(values)
            gains = following - values
            low, high = float(gains.min()), float(gains.max())
            values = following - following[0]
            if high - low <= PRECISION * abs(high):
                return (low + high) / 2.0, values
        if high - low >= apart:  # the bounds come no nearer, but for rounding
            break
        apart = high - low
    if high - low > ROUGHLY * abs(high):
        raise ValueError(f"there is no single long-run cost: it is between {low:g} and {high:g}")
    return (low + high) / 2.0, values
