"""Index rules as functions of the state: what the field calls c-mu, MaxWeight and so on.

Agents choose one after the other by number, and equal tickets go by category: so they are the rules
of the published costs. Shipped policies draw both instead (see `asking`).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from marl_routing.theory.decisions import Decisions, moves
from marl_routing.theory.small_desk import Floats
from marl_routing.theory.states import IMPOSSIBLE, NOTHING, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Of queues (n, 1, C) the worth of pairs of agent and category: (n, A, C), or what broadcasts to it.
Index: TypeAlias = Callable[[Ints], NDArray[np.floating[Any]]]
DIGITS = 9  # to which sums are compared: in another order of terms the last bits differ
NEVER = -np.inf  # the worth of a pair that a rule does not make


def index_rules(problem: Decisions) -> "dict[str, csr_array]":
    """The rules of the published costs by name, as `asking.assigns_of`."""
    completion, costs = problem.desk.completion, problem.desk.holding
    saved = costs * completion
    best = np.arange(completion.shape[1]) == completion.argmax(axis=1)[:, None]
    return {
        "random": at_random(problem),
        "longest queue": in_turn(problem, lambda queued: queued.astype(np.float64)),
        "best skill": in_turn(problem, lambda queued: completion),
        "c-mu": in_turn(problem, lambda queued: saved),
        "MaxWeight": in_turn(problem, lambda queued: saved * queued),
        "Hungarian": together(problem, lambda queued: saved),
        "Hungarian with queues": together(problem, lambda queued: saved * queued),
        "highest cost": in_turn(problem, lambda queued: costs + 0.0 * completion),
        "specialists": in_turn(problem, lambda queued: np.where(best, completion, NEVER)),
    }


def threshold(problem: Decisions, at_least: int) -> "csr_array":
    """Own fastest category first, another one only if so many tickets wait in it."""
    completion = problem.desk.completion
    best = np.arange(completion.shape[1]) == completion.argmax(axis=1)[:, None]
    return in_turn(problem, lambda queued: np.where(best | (queued >= at_least), completion, NEVER))


def in_turn(problem: Decisions, index: Index) -> "csr_array":
    """Each agent in turn takes the ticket of the largest worth; (n, n) as `asking.assigns_of`."""
    worths = _worths(problem, index)
    best = worths == worths.max(axis=2, keepdims=True)
    first = best & (best.cumsum(axis=2) == 1)
    return _one_by_one(problem, first & (worths > NEVER))


def at_random(problem: Decisions) -> "csr_array":
    """Each agent in turn draws a category among those that it can serve a ticket of."""
    return _one_by_one(problem, _worths(problem, lambda queued: queued * np.float64(0.0)) > NEVER)


def together(problem: Decisions, index: Index) -> "csr_array":
    """The joint action of the largest sum of worths, the matching that "Hungarian" rules look for.

    Of equal ones the first by category.
    """
    worths = np.where(np.isfinite(worths := _worths(problem, index)), worths, 0.0)
    padded = np.concatenate([worths, np.zeros((*worths.shape[:2], 1))], axis=2)  # to pass: 0
    agents = np.arange(padded.shape[1])
    sums = np.stack([padded[:, agents, accepts].sum(axis=1) for accepts in problem.joint])
    sums = np.where(problem.after != IMPOSSIBLE, sums.round(DIGITS), NEVER)
    choice = sums.argmax(axis=0)
    states = np.arange(len(choice))
    return moves(np.ones(len(choice)), problem.after[choice, states])


def _worths(problem: Decisions, index: Index) -> Floats:
    """(n, A, C); NEVER for a pair that cannot be made."""
    completion, waiting = problem.desk.completion, problem.states.queued[:, None, :]
    free = problem.states.holding[:, :, None] == NOTHING
    can = (waiting > 0) & (completion > 0.0) & free
    worths: Floats = np.where(can, index(waiting), NEVER)
    return worths


def _one_by_one(problem: Decisions, chosen: NDArray[np.bool_]) -> "csr_array":
    """Agents act one after the other, each among the categories chosen in the state it meets."""
    from scipy.sparse import csr_array, eye_array

    assigns = csr_array(eye_array(len(problem.states)))
    for agent in range(chosen.shape[1]):
        assigns = csr_array(assigns @ _one(problem, agent, chosen[:, agent]))
    return assigns


def _one(problem: Decisions, agent: int, chosen: NDArray[np.bool_]) -> "csr_array":
    """One agent draws among the categories chosen (n, C) in each state; without any it passes."""
    from scipy.sparse import csr_array, diags_array

    states, options = problem.states, chosen.sum(axis=1)
    step = csr_array(diags_array((options == 0).astype(np.float64)))
    for category in range(chosen.shape[1]):
        takes = np.flatnonzero(chosen[:, category])
        queued, holding, chances = (
            states.queued.copy(),
            states.holding.copy(),
            np.zeros(len(states)),
        )
        queued[takes, category] -= 1
        holding[takes, agent] = category
        chances[takes] = 1.0 / options[takes]
        step = csr_array(step + moves(chances, states.number(queued, holding)))
    return step
