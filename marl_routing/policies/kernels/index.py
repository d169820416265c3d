"""The index of pairs of agent and ticket: a weighted sum of what a router looks at.

Every feature lies between 0 and 1, so that weights of one desk mean the same on another.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.compiler import kernel
from marl_routing.policies.kernels.sight import Sight

# What changes from step to step; what does not is in `Rule.values` and `Scoring.slopes`.
RIVALS, ELSEWHERE, FREE, PRIORITY, AGE, URGENCY, OVERDUE = range(7)
NUM_CHANGING = 7


class Scoring(NamedTuple):
    """The scenario's tables, and weights."""

    weights: NDArray[np.float64]  # (NUM_CHANGING,)
    slopes: NDArray[np.float64]  # (A, C): what the crowd of a ticket's category adds
    handle: NDArray[np.float64]  # (A, C): expected steps; 0 where the agent cannot serve
    pull: NDArray[np.float64]  # (A, C): shares of an agent's time in the programme, of sum 1
    able: NDArray[np.float64]  # (C,): agents who can serve it
    least_urgent: float  # the last priority


_NOTHING = np.zeros((0, 0))
NO_SCORING = Scoring(np.zeros(0), _NOTHING, _NOTHING, _NOTHING, np.zeros(0), 1.0)


@kernel
def score_pairs(scoring: Scoring, sight: Sight) -> None:
    """Add what changes to the first key of all legal pairs; below 0 the agent rather waits."""
    pairs, free = sight.scratch.pairs, 0
    for agent in range(pairs.shape[0]):
        free += sight.agents[agent].available
    for agent in range(pairs.shape[0]):
        if not sight.agents[agent].available:
            continue
        for slot in range(pairs.shape[1]):
            pair = pairs[agent, slot]
            if pair.legal:
                pair.keys[0] += _score(scoring, sight, agent, slot, free)
                pair.legal = pair.keys[0] >= 0.0


@kernel
def _score(scoring: Scoring, sight: Sight, agent: int, slot: int, free: int) -> float:
    weights, ticket = scoring.weights, sight.slots[slot]
    category, handle = ticket.category, scoring.handle[agent, ticket.category]
    score = scoring.slopes[agent, category] * _crowd(scoring, category, ticket.waiting)
    score += weights[RIVALS] * _faster(scoring, sight, agent, category) / free
    score += weights[ELSEWHERE] * _crowd_elsewhere(scoring, sight, agent, category)
    score += weights[FREE] * free / scoring.handle.shape[0]
    score += weights[PRIORITY] * (1.0 - ticket.priority / scoring.least_urgent)
    score += weights[AGE] * ticket.age / (ticket.age + handle)
    score += weights[URGENCY] * handle / (handle + max(ticket.slack, 0))
    return float(score + weights[OVERDUE] * (ticket.slack <= 0))


@kernel
def _crowd(scoring: Scoring, category: int, waiting: int) -> float:
    """How long a queue is for those who can serve it: 1/2 where one ticket waits for each."""
    return float(waiting / (waiting + scoring.able[category]))


@kernel
def _faster(scoring: Scoring, sight: Sight, agent: int, category: int) -> int:
    """Free agents who handle the category faster."""
    count, own = 0, scoring.handle[agent, category]
    for other in range(scoring.handle.shape[0]):
        handle = scoring.handle[other, category]
        count += (sight.agents[other].available != 0) & (handle > 0.0) & (handle < own)
    return count


@kernel
def _crowd_elsewhere(scoring: Scoring, sight: Sight, agent: int, category: int) -> float:
    """How crowded the other categories are in which the programme wants the agent."""
    crowd = 0.0
    for other in range(scoring.pull.shape[1]):
        if other != category and scoring.pull[agent, other] > 0.0:
            crowd += scoring.pull[agent, other] * _crowd(scoring, other, sight.queued[other])
    return crowd
