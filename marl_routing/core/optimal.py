"""The assignment of largest total worth, by shortest augmenting paths.

Crouse, D. F. (2016), "On implementing 2D rectangular assignment algorithms", IEEE Transactions on
Aerospace and Electronic Systems 52(4). Every agent also has a column of its own, so that it may
get nothing. Of assignments that are worth the same it finds the one that SciPy's
`linear_sum_assignment` finds: columns are looked at in the same order.
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
    columns = auction.agent_of.shape[0]
    auction.shortest[:] = np.inf
    auction.agent_seen[:] = 0
    auction.slot_seen[:] = 0
    for i in range(columns):
        auction.left[i] = columns - 1 - i
    reached, agent, column = 0.0, root, -1
    for seen in range(columns):
        auction.agent_seen[agent] = 1
        place = _extend(auction, agent, reached, spare, columns - seen)
        column = auction.left[place]
        auction.left[place] = auction.left[columns - 1 - seen]
        reached = auction.shortest[column]
        auction.slot_seen[column] = 1
        if auction.agent_of[column] < 0:
            break
        agent = auction.agent_of[column]
    _update_duals(auction, root, reached)
    while True:
        agent = auction.path[column]
        auction.agent_of[column] = agent
        column, auction.slot_of[agent] = auction.slot_of[agent], column
        if agent == root:
            break


@kernel
def _extend(auction: Record, agent: int, reached: float, spare: float, left: int) -> int:
    """Lengthen the paths by one agent's columns; where in `left` the nearest column stands."""
    slots, nearest, least = auction.worth.shape[1], -1, np.inf
    for place in range(left):
        column = auction.left[place]
        worth = auction.worth[agent, column] if column < slots else spare
        length = reached - worth - auction.agent_dual[agent] - auction.slot_dual[column]
        if length < auction.shortest[column]:
            auction.shortest[column] = length
            auction.path[column] = agent
        length = auction.shortest[column]
        if length < least or (length == least and auction.agent_of[column] < 0):
            nearest, least = place, length
    return nearest


@kernel
def _update_duals(auction: Record, root: int, reached: float) -> None:
    auction.agent_dual[root] += reached
    for agent in range(auction.agent_seen.shape[0]):
        if auction.agent_seen[agent] and agent != root:
            slot = auction.slot_of[agent]
            auction.agent_dual[agent] += reached - auction.shortest[slot]
    for column in range(auction.slot_seen.shape[0]):
        if auction.slot_seen[column]:
            auction.slot_dual[column] -= reached - auction.shortest[column]
