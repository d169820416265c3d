"""The assignment of largest total worth, by shortest augmenting paths.

Crouse, D. F. (2016), "On implementing 2D rectangular assignment algorithms", IEEE Transactions on
Aerospace and Electronic Systems 52(4). One more column than slots has room for all: who is there
gets nothing, and no path leads on. So a search looks at the slots, not at the team. Of assignments
that are worth the same it finds the one that SciPy's `linear_sum_assignment` finds where every
agent has such a column of its own: columns are looked at in the same order.
"""

import numpy as np

from marl_routing.core.compiler import kernel
from marl_routing.core.record import Record


@kernel
def assign_optimally(auction: Record, absent: int, spare: float) -> None:
    """Write auction.slot_of: the column of each agent but `absent` (-1: all take part).

    Args:
        auction: worth (agents, slots), and what `auction_dtype` calls scratch.
        absent: an agent.
        spare: what getting nothing is worth.
    """
    auction.slot_of[:] = -1
    auction.agent_of[:] = -1
    auction.agent_dual[:] = 0.0
    auction.slot_dual[:] = 0.0
    for agent in range(auction.slot_of.shape[0]):
        if agent != absent:
            _augment(auction, agent, spare)


@kernel
def total_worth(auction: Record) -> float:
    """Of the assignment in auction.slot_of."""
    total = 0.0
    for agent in range(auction.slot_of.shape[0]):
        slot = auction.slot_of[agent]
        if 0 <= slot < auction.worth.shape[1]:
            total += auction.worth[agent, slot]
    return total


@kernel
def _augment(auction: Record, root: int, spare: float) -> None:
    """Give `root` a column, moving others along the shortest path to a free one."""
    slots = auction.worth.shape[1]
    auction.shortest[:] = np.inf
    auction.slot_seen[:] = 0
    for i in range(slots):
        auction.left[i] = slots - 1 - i
    reached, agent, column, unseen = 0.0, root, -1, slots
    while True:
        place = _extend(auction, agent, reached, spare, unseen)
        column = slots if place < 0 else auction.left[place]
        reached = auction.shortest[column]
        auction.slot_seen[column] = 1
        if auction.agent_of[column] < 0:
            break
        agent = auction.agent_of[column]
        unseen -= 1
        auction.left[place] = auction.left[unseen]
    _update_duals(auction, root, reached)
    while True:
        agent = auction.path[column]
        if column < slots:
            auction.agent_of[column] = agent
        column, auction.slot_of[agent] = auction.slot_of[agent], column
        if agent == root:
            break


@kernel
def _extend(auction: Record, agent: int, reached: float, spare: float, unseen: int) -> int:
    """Lengthen the paths by one agent's columns.

    Returns:
        Where in `left` the nearest slot stands; -1 if getting nothing is nearer.
    """
    nothing, nearest = auction.worth.shape[1], -1
    least = _shorten(auction, agent, nothing, reached - spare)
    for place in range(unseen):
        slot = auction.left[place]
        length = _shorten(auction, agent, slot, reached - auction.worth[agent, slot])
        if length < least or (length == least and auction.agent_of[slot] < 0):
            nearest, least = place, length
    return nearest


@kernel
def _shorten(auction: Record, agent: int, column: int, so_far: float) -> float:
    """The shortest path to a column, now that there is one through this agent."""
    length = so_far - auction.agent_dual[agent] - auction.slot_dual[column]
    if length < auction.shortest[column]:
        auction.shortest[column] = length
        auction.path[column] = agent
    return float(auction.shortest[column])


@kernel
def _update_duals(auction: Record, root: int, reached: float) -> None:
    auction.agent_dual[root] += reached
    for column in range(auction.slot_seen.shape[0]):
        if auction.slot_seen[column]:
            nearer = reached - auction.shortest[column]
            auction.slot_dual[column] -= nearer
            if auction.agent_of[column] >= 0:
                auction.agent_dual[auction.agent_of[column]] += nearer
