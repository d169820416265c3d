"""Who is good at what: how a resolver's tickets rank against their category, shrunk."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from marl_routing.calibration.tickets import Tickets

CATEGORY_MEAN = 0.5  # of a rank among the tickets of the category, by construction
UNSEEN_TICKETS = 3.0  # expected at least, none resolved: the agent does not serve the category
LEAST_SHRINKING, MOST_SHRINKING = 0.5, 1000.0  # tickets; most: resolvers show no difference


def resolved_counts(tickets: Tickets, agents: int, categories: int) -> NDArray[np.float64]:
    """(A, C) tickets of each agent and category."""
    return _sum_pairs(tickets, np.ones(len(tickets)), agents, categories)


def fit_expertise(tickets: Tickets, agents: int, categories: int) -> NDArray[np.float64]:
    """(A, C) expertise in 0..1, where 0.5 is the category's mean.

    A ticket scores the share of the category's tickets that took longer to resolve (so a score
    needs no unit, and a week of waiting does not outweigh everything). An agent's mean score m over
    n tickets is shrunk by empirical Bayes: 0.5 + (m - 0.5) n / (n + k), with k = the variance
    within agents / the variance between agents, by moments, per category.
    """
    known = tickets.where(~np.isnan(tickets.minutes_to_resolution))
    score = np.empty(len(known))
    for category in range(categories):
        chosen = known.category == category
        ranks = rankdata(-known.minutes_to_resolution[chosen])
        score[chosen] = (ranks - 0.5) / max(1, chosen.sum())
    n = resolved_counts(known, agents, categories)
    mean = np.divide(
        _sum_pairs(known, score, agents, categories), n, out=np.full(n.shape, 0.5), where=n > 0
    )
    squares = _sum_pairs(known, score**2, agents, categories) - n * mean**2
    shrinking = np.array(
        [_noise_over_signal(n[:, c], mean[:, c], squares[:, c]) for c in range(categories)]
    )
    shrunk: NDArray[np.float64] = CATEGORY_MEAN + (mean - CATEGORY_MEAN) * n / (n + shrinking)
    return shrunk


def served_pairs(counts: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(A, C) false where an agent resolved none of a category that it should have met.

    With the team's mix it would have met at least `UNSEEN_TICKETS` of them, which chance alone
    leaves out less than once in twenty times.
    """
    mix = counts.sum(axis=0) / counts.sum()
    expected = counts.sum(axis=1, keepdims=True) * mix
    served: NDArray[np.bool_] = (counts > 0) | (expected < UNSEEN_TICKETS)
    served[:, ~served.any(axis=0)] = True
    return served


def _noise_over_signal(
    n: NDArray[np.float64], mean: NDArray[np.float64], squares: NDArray[np.float64]
) -> float:
    """Ratio k of one category: variance of a score within agents over that between their means."""
    several = n > 1
    n, mean, squares = n[several], mean[several], squares[several]
    if len(n) < 2:
        return MOST_SHRINKING
    within = squares.sum() / (n - 1).sum()
    between = mean.var(ddof=1) - (within / n).mean()
    ratio = within / between if between > 0 else MOST_SHRINKING
    return float(np.clip(ratio, LEAST_SHRINKING, MOST_SHRINKING))


def _sum_pairs(
    tickets: Tickets, values: NDArray[np.float64], agents: int, categories: int
) -> NDArray[np.float64]:
    pairs = tickets.agent * categories + tickets.category
    sums = np.bincount(pairs, weights=values, minlength=agents * categories)
    return sums.astype(np.float64).reshape(agents, categories)
