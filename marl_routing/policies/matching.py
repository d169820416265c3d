"""Matchers: turn preferences over (agent, slot) pairs into actions, on N desks at once.

A matcher reads `keys`: arrays broadcastable to (N, A, K), the most important first, larger is
better. What all keys leave equal is broken by `ties` (N, A), a random number an agent, never by an
index.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from marl_routing.policies.policy import Actions, Legal

Key: TypeAlias = NDArray[Any]  # broadcastable to (N, A, K)
Ties: TypeAlias = NDArray[np.float64]  # (N, A)
Matcher: TypeAlias = Callable[[Sequence[Key], Legal, Ties], Actions]


def best_pair_first(keys: Sequence[Key], legal: Legal, ties: Ties) -> Actions:
    """Give the best pair of agent and ticket, then the best of those left, and so on."""
    actions = np.zeros(legal.shape[:2], np.int32)
    desks, pairs, ranks = _prepare((*keys, ties[:, :, None]), legal)
    num_slots = legal.shape[2]
    while len(desks):
        rows = np.arange(len(desks))
        best = _first(pairs.reshape(len(desks), -1), [r.reshape(len(desks), -1) for r in ranks])
        agents, slots = np.divmod(best, num_slots)
        actions[desks, agents] = slots + 1
        pairs[rows, agents] = False
        pairs[rows, :, slots] = False
        alive = pairs.any(axis=(1, 2))
        desks, pairs, ranks = desks[alive], pairs[alive], [r[alive] for r in ranks]
    return actions


def agent_by_agent(keys: Sequence[Key], legal: Legal, ties: Ties) -> Actions:
    """Let the agents choose one after another, in random order, each its best ticket left."""
    actions = np.zeros(legal.shape[:2], np.int32)
    desks, pairs, ranks = _prepare(keys, legal)
    rows = np.arange(len(desks))
    for agents in np.argsort(ties[desks], axis=1).T:
        choices = pairs[rows, agents]
        slots = _first(choices.copy(), [rank[rows, agents] for rank in ranks])
        chosen = choices.any(axis=1)
        actions[desks[chosen], agents[chosen]] = slots[chosen] + 1
        pairs[rows[chosen], :, slots[chosen]] = False
    return actions


def _prepare(
    keys: Sequence[Key], legal: Legal
) -> tuple[NDArray[np.intp], Legal, list[NDArray[np.float64]]]:
    """Keep only desks with something to decide (few, in most ticks): indices, pairs and keys."""
    desks = np.flatnonzero(legal.any(axis=(1, 2)))
    full = [np.broadcast_to(key, legal.shape)[desks].astype(np.float64) for key in keys]
    return desks, legal[desks], full


def _first(candidates: NDArray[np.bool_], keys: Sequence[NDArray[np.float64]]) -> NDArray[np.intp]:
    """(M,) index of each row's best candidate in the lexicographic order of `keys`, each (M, X)."""
    for key in keys:
        masked = np.where(candidates, key, -np.inf)
        candidates = candidates & (masked == masked.max(axis=1, keepdims=True))
    first: NDArray[np.intp] = candidates.argmax(axis=1)
    return first
