"""The decision problem of a small desk: what agents may do in each state, and what follows.

Agents choose, then follow service and arrivals, as in a tick. Holding costs are counted after
agents have chosen, but do not depend on it: an accepted ticket stays open.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from marl_routing.theory.small_desk import Floats, SmallDesk
from marl_routing.theory.states import IMPOSSIBLE, NOTHING, Ints, States

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Decisions:
    """What agents may do, and what it leads to.

    Attributes:
        desk: whose problem it is.
        states: n of them, as agents see them when they choose.
        joint: (J, A) category that each agent accepts a ticket of, NOTHING to pass; the joint
            actions that accept most tickets come first.
        after: (J, n) the state right after a joint action, IMPOSSIBLE where it is not legal.
        onward: (n, n) chances of the next state that agents see, from the one right after.
    """

    desk: SmallDesk
    states: States
    joint: Ints
    after: Ints
    onward: "csr_array"

    @cached_property
    def cost(self) -> Floats:
        """(n,) holding cost of a step."""
        held = self.states.holding[:, :, None] == np.arange(len(self.desk.holding))
        cost: Floats = (self.states.queued + held.sum(axis=1)) @ self.desk.holding
        return cost

    @cached_property
    def idles(self) -> Flags:
        """(n,) of states right after: somebody is idle who could serve a ticket that waits."""
        could = (self.states.queued[:, None, :] > 0) & (self.desk.completion > 0.0)
        idle = self.states.holding == NOTHING
        idles: Flags = (idle[:, :, None] & could).any(axis=(1, 2))
        return idles

    @cached_property
    def mirrored(self) -> Ints:
        """(n,) the state in which the two agents have changed places; itself if they differ."""
        if (self.desk.completion[0] != self.desk.completion[1]).any():
            return np.arange(len(self.states))
        return self.states.number(self.states.queued, self.states.holding[:, ::-1])

    @cached_property
    def at_buffer(self) -> Flags:
        """(n,) the queue of a category is full."""
        full = (self.states.queued == self.desk.room) & (self.desk.room > 0)
        at_buffer: Flags = full.any(axis=1)
        return at_buffer


def decisions(desk: SmallDesk) -> Decisions:
    """Write a desk's decision problem down.

    Raises:
        ScenarioError: if it has too many states.
    """
    from scipy.sparse import csr_array

    states = States(desk)
    joint = _joint_actions(desk)
    after = np.stack([_accepted(states, accepts) for accepts in joint])
    onward = csr_array(_service(desk, states) @ _arrivals(desk, states))
    return Decisions(desk, states, joint, after, onward)


def _joint_actions(desk: SmallDesk) -> Ints:
    able = [[*np.flatnonzero(row), NOTHING] for row in desk.completion]
    return np.array(sorted(itertools.product(*able), key=lambda accepts: accepts.count(NOTHING)))


def _accepted(states: States, accepts: Sequence[int]) -> Ints:
    """(n,) the states right after a joint action."""
    queued, holding = states.queued.copy(), states.holding.copy()
    legal = np.ones(len(states), np.bool_)
    for agent, category in enumerate(accepts):
        if category != NOTHING:
            legal &= holding[:, agent] == NOTHING
            queued[:, category] -= 1
            holding[:, agent] = category
    legal &= (queued >= 0).all(axis=1)
    after = np.full(len(states), IMPOSSIBLE)
    after[legal] = states.number(queued[legal], holding[legal])
    return after


def moves(chances: Floats, targets: Ints) -> "csr_array":
    """(n, n) from each state to its target with a chance, else nowhere; both (n,)."""
    from scipy.sparse import csr_array

    states = np.arange(len(targets))
    return csr_array((chances, (states, targets)), shape=(len(targets), len(targets)))


def _service(desk: SmallDesk, states: States) -> "csr_array":
    """Each agent resolves the ticket that it holds, or not."""
    from scipy.sparse import csr_array, diags_array, eye_array

    matrix = csr_array(eye_array(len(states)))
    for agent, completion in enumerate(desk.completion):
        idle = states.holding.copy()
        idle[:, agent] = NOTHING
        chances = np.append(completion, 0.0)[states.holding[:, agent]]  # NOTHING reads the last
        resolved = moves(chances, states.number(states.queued, idle))
        matrix = csr_array(matrix @ (resolved + diags_array(1.0 - chances)))
    return matrix


def _arrivals(desk: SmallDesk, states: States) -> "csr_array":
    """Tickets come in one after another."""
    from scipy.sparse import csr_array, eye_array

    nobody = csr_array(eye_array(len(states)))
    one_of = [_arrival(desk, states, category) for category in range(len(desk.room))]
    if desk.bernoulli is not None:
        matrix = nobody
        for chance, one in zip(desk.bernoulli, one_of, strict=True):
            matrix = csr_array(matrix @ (chance * one + (1.0 - chance) * nobody))
        return matrix
    anyone = sum((share * one for share, one in zip(desk.mix, one_of, strict=True)), 0.0 * nobody)
    matrix = desk.counts[-1] * nobody
    for chance in desk.counts[-2::-1]:  # Horner's scheme: the counts' chances times powers
        matrix = csr_array(matrix @ anyone + chance * nobody)
    return matrix


def _arrival(desk: SmallDesk, states: States, category: int) -> "csr_array":
    """One ticket of a category; beyond the room of its queue, or of the desk, it is dropped."""
    open_tickets = states.queued.sum(axis=1) + (states.holding != NOTHING).sum(axis=1)
    room = states.queued[:, category] < desk.room[category]
    queued = states.queued.copy()
    queued[room & (open_tickets < desk.max_open), category] += 1
    return moves(np.ones(len(states)), states.number(queued, states.holding))
