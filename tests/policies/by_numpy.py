"""The compiled rules a second time, in NumPy on whole batches: what they are checked against.

They share no code with the compiled ones, and read only the settings of the policy of their name.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from marl_routing.core.terms import TERMS
from marl_routing.policies import load_policy
from tests.policies.pushing_by_numpy import AGAINST, push
from tests.policies.searching_by_numpy import auctioned, index_of
from tests.policies.seen_by_numpy import (
    by_arrival,
    by_queue,
    fastest,
    left,
    per_slot,
    rates,
    savings_rate,
)

Array = NDArray[Any]
View = Any

GOLDEN, SALT = np.uint64(0x9E3779B97F4A7C15), np.uint64(0x5DEECE66D)
M1, M2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def mix(x: Array) -> Array:
    z = (x ^ (x >> np.uint64(30))) * M1
    z = (z ^ (z >> np.uint64(27))) * M2
    return z ^ (z >> np.uint64(31))


def fold(keys: Array, counters: Array) -> Array:
    return mix(keys + (counters + np.uint64(1)) * GOLDEN)


class ByNumpy:
    """One of the rules below, behind the same protocol."""

    def __init__(self, name: str) -> None:
        self.name, self._rule = name, name.partition(":")[0].replace("pass", "pass_")
        self._settings = load_policy(name)
        self.reset(0)

    def reset(self, seed: int) -> None:
        self._seed, self._calls, self._next = np.array([seed % 2**64], np.uint64), 0, None
        self._given: Array | None = None

    def draws(self, num_desks: int, width: int) -> Array:
        seeds = np.add(self._seed, np.arange(num_desks, dtype=np.uint64))
        keys = fold(mix(seeds ^ SALT), np.array([self._calls], np.uint64))[:, None]
        self._calls += 1
        bits = fold(keys, np.arange(width, dtype=np.uint64)) >> np.uint64(11)
        return bits.astype(np.float64) * 2.0**-53

    def act(self, view: View, masks: Array) -> Array:
        legal = masks[:, :, 1 : 1 + view.slots.shape[1]].astype(bool)
        if self._rule in AGAINST:
            return self.pushed(view, masks, legal)
        legal &= view.available[:, :, None]
        actions: Array = getattr(self, self._rule)(view, masks, legal)
        return actions.astype(np.int32)

    def pass_(self, view: View, masks: Array, legal: Array) -> Array:
        return np.zeros(masks.shape[:2], np.int32)

    def random(self, view: View, masks: Array, legal: Array) -> Array:
        counts = np.cumsum(masks, axis=2, dtype=np.int32)
        drawn = (self.draws(*masks.shape[:2]) * counts[:, :, -1]).astype(np.int32)
        return (counts > drawn[:, :, None]).argmax(axis=2)

    def least_loaded(self, view: View, masks: Array, legal: Array) -> Array:
        load = -(view.held / view.capacity)[:, :, None]
        return self.pairs(view, legal, by_queue(view), load)

    def fcfs_longest_idle(self, view: View, masks: Array, legal: Array) -> Array:
        idle = np.where(view.idle, -view.idle_since.astype(np.float64), -np.inf)
        return self.pairs(view, legal, by_arrival(view), idle[:, :, None])

    def highest_priority(self, view: View, masks: Array, legal: Array) -> Array:
        urgency = -view.priority[:, None, :].astype(np.int64)
        return self.pairs(view, legal, urgency, by_arrival(view), fastest(view))

    def earliest_deadline(self, view: View, masks: Array, legal: Array) -> Array:
        due = -view.due[:, None, :].astype(np.int64)
        return self.pairs(view, legal, due, by_arrival(view), fastest(view))

    def lp_specialist(self, view: View, masks: Array, legal: Array) -> Array:
        allowed = legal & per_slot(view.shares > 1e-9, view)
        return self.pairs(view, allowed, by_queue(view), fastest(view))

    def best_skill(self, view: View, masks: Array, legal: Array) -> Array:
        return self.agents(view, legal, fastest(view))

    def c_mu(self, view: View, masks: Array, legal: Array) -> Array:
        return self.agents(view, legal, per_slot(savings_rate(view), view))

    def threshold(self, view: View, masks: Array, legal: Array) -> Array:
        crowded = left(view) > self._settings.help_beyond  # type: ignore[union-attr]
        handle = np.where(view.handle_steps > 0, view.handle_steps, np.inf)
        own = per_slot(handle == handle.min(axis=1, keepdims=True), view)
        return self.agents(view, legal & (own | crowded), fastest(view))

    def round_robin(self, view: View, masks: Array, legal: Array) -> Array:
        ties, num_agents = self.draws(*view.available.shape), legal.shape[1]
        if self._next is None:
            self._next = ties.argmax(axis=1)
        turns = (np.arange(num_agents) - self._next[:, None]) % num_agents
        keys = (by_queue(view), -turns[:, :, None], by_queue(view))
        actions = best_pair_first(keys, legal, ties)
        last = np.where(actions > 0, turns, -1).max(axis=1)
        self._next = (self._next + last + 1) % num_agents
        return actions

    def hungarian(self, view: View, masks: Array, legal: Array) -> Array:
        return self.largest_sum(view, legal, per_slot(savings_rate(view), view))

    def max_weight(self, view: View, masks: Array, legal: Array) -> Array:
        length = np.take_along_axis(view.queued, view.category, axis=1)[:, None, :]
        total = np.maximum(view.queued.sum(axis=1), 1)[:, None, None]
        return self.largest_sum(view, legal, per_slot(savings_rate(view), view) * length / total)

    def longest_queue(self, view: View, masks: Array, legal: Array) -> Array:
        return self.agents(view, legal, left(view))

    def fixed_queue_ratio(self, view: View, masks: Array, legal: Array) -> Array:
        due = view.category_mix[view.category] * view.queued.sum(axis=1)[:, None]
        idle = np.where(view.idle, -view.idle_since.astype(np.float64), -np.inf)
        excess = np.rint(1e6 * (left(view) - due[:, None, :]))
        return self.pairs(view, legal, excess, idle[:, :, None])

    def c_mu_theta(self, view: View, masks: Array, legal: Array) -> Array:
        leaves = np.maximum(view.abandonment, 2.0**-30)[None]
        lost = max(0.0, -float(view.weights[TERMS.index("abandoned")]))
        holding = savings_rate(view)[:, :, None] / leaves
        index = (holding + lost * rates(view)[:, :, None]).astype(np.float32)
        cells = index[:, view.category, view.priority]
        return self.agents(view, legal, np.moveaxis(cells, 0, 1))

    def gc_mu_queue(self, view: View, masks: Array, legal: Array) -> Array:
        savings = savings_rate(view)
        index = 1e6 * per_slot(savings, view) * left(view) / savings.max()
        return self.agents(view, legal, np.rint(index))

    def gc_mu_age(self, view: View, masks: Array, legal: Array) -> Array:
        savings, age = savings_rate(view), view.step[:, None] - view.arrived
        index = 1e6 * per_slot(savings, view) * age[:, None, :] / savings.max()
        return self.agents(view, legal, np.rint(index), per_slot(savings, view))

    def skills_timeout(self, view: View, masks: Array, legal: Array) -> Array:
        handle = np.where(view.handle_steps > 0, view.handle_steps, np.inf)
        skilled = per_slot(handle <= self._settings.within * handle.min(axis=0), view)  # type: ignore[union-attr]
        minutes = (view.step[:, None] - view.arrived) * view.step_minutes
        late = minutes[:, None, :] >= self._settings.help_after_minutes  # type: ignore[union-attr]
        return self.pairs(view, legal & (skilled | late), by_queue(view), fastest(view))

    def pushed(self, view: View, masks: Array, legal: Array) -> Array:
        num_desks, num_agents, num_slots = legal.shape
        if self._given is None:
            self._given = np.full(view.held.shape, -1)
        ties = self.draws(num_desks, num_agents * num_slots).reshape(num_desks, num_slots, -1)
        actions = push(self._rule, view, legal, ties, -by_queue(view)[:, 0], self._given)
        self._given[actions > 0] = self._calls
        return actions

    def largest_sum(self, view: View, legal: Array, worth: Array) -> Array:
        actions = np.zeros(legal.shape[:2], np.int32)
        _, values = self.worths(view, legal, worth)
        agents, slots = legal.shape[1:]
        spare = np.full((agents, agents), self._settings.pass_value)  # type: ignore[union-attr]
        for desk in np.flatnonzero(legal.any(axis=(1, 2))):
            choices = np.concatenate([values[desk], spare], axis=1)
            _, chosen = linear_sum_assignment(choices, maximize=True)
            actions[desk] = np.where(chosen < slots, chosen + 1, 0)
        return actions

    def worths(self, view: View, legal: Array, worth: Array) -> tuple[Array, Array]:
        ties = self.draws(*view.available.shape)
        place = np.argsort(np.argsort(-by_queue(view), axis=2), axis=2)  # 0 = first in the queue
        nudge = 1e-9 * ties[:, :, None] + 1e-6 * (1 - place / place.shape[2])
        return ties, np.where(legal, worth + savings_rate(view).max() * nudge, -1e30)

    def optimised_index(self, view: View, masks: Array, legal: Array) -> Array:
        score = index_of(view, self._settings.weights_of(view))  # type: ignore[union-attr]
        return self.pairs(view, legal & (score >= 0), score)

    def contract_net(self, view: View, masks: Array, legal: Array) -> Array:
        load = -(view.held / view.capacity)[:, :, None]
        return self.pairs(view, legal, by_queue(view), fastest(view), load)

    def auction(self, view: View, masks: Array, legal: Array) -> Array:
        spare = self._settings.pass_value  # type: ignore[union-attr]
        ties, worths = self.worths(view, legal, per_slot(savings_rate(view), view))
        actions = np.zeros(legal.shape[:2], np.int32)
        for desk in np.flatnonzero(legal.any(axis=(1, 2))):
            order = np.argsort(ties[desk])
            got = auctioned(worths[desk], legal[desk], order, spare, savings_rate(view).max())
            actions[desk] = np.where(got < legal.shape[2], got + 1, 0)
        return actions

    def pairs(self, view: View, legal: Array, *keys: Array) -> Array:
        ties = self.draws(*view.available.shape)
        return best_pair_first((*keys, by_queue(view)), legal, ties)

    def agents(self, view: View, legal: Array, *keys: Array) -> Array:
        ties = self.draws(*view.available.shape)
        return agent_by_agent((*keys, by_queue(view)), legal, ties)


def best_pair_first(keys: Sequence[Array], legal: Array, ties: Array) -> Array:
    actions = np.zeros(legal.shape[:2], np.int32)
    desks, pairs, ranks = prepare((*keys, ties[:, :, None]), legal)
    while len(desks):
        rows = np.arange(len(desks))
        best = first(pairs.reshape(len(desks), -1), [r.reshape(len(desks), -1) for r in ranks])
        agents, slots = np.divmod(best, legal.shape[2])
        actions[desks, agents] = slots + 1
        pairs[rows, agents] = False
        pairs[rows, :, slots] = False
        alive = pairs.any(axis=(1, 2))
        desks, pairs, ranks = desks[alive], pairs[alive], [r[alive] for r in ranks]
    return actions


def agent_by_agent(keys: Sequence[Array], legal: Array, ties: Array) -> Array:
    actions = np.zeros(legal.shape[:2], np.int32)
    desks, pairs, ranks = prepare(keys, legal)
    rows = np.arange(len(desks))
    for agents in np.argsort(ties[desks], axis=1).T:
        choices = pairs[rows, agents]
        slots = first(choices.copy(), [rank[rows, agents] for rank in ranks])
        chosen = choices.any(axis=1)
        actions[desks[chosen], agents[chosen]] = slots[chosen] + 1
        pairs[rows[chosen], :, slots[chosen]] = False
    return actions


def prepare(keys: Sequence[Array], legal: Array) -> tuple[Array, Array, list[Array]]:
    desks = np.flatnonzero(legal.any(axis=(1, 2)))
    full = [np.broadcast_to(key, legal.shape)[desks].astype(np.float64) for key in keys]
    return desks, legal[desks], full


def first(candidates: Array, keys: Sequence[Array]) -> Array:
    """(M,) index of each row's best candidate in the lexicographic order of `keys`, each (M, X)."""
    for key in keys:
        masked = np.where(candidates, key, -np.inf)
        candidates = candidates & (masked == masked.max(axis=1, keepdims=True))
    return candidates.argmax(axis=1)
