"""The assignment of largest total worth, by shortest augmenting paths.

Crouse, D. F. (2016), "On implementing 2D rectangular assignment algorithms", IEEE Transactions on
Aerospace and Electronic Systems 52(4). One more column is worth nothing and has room for all: who
is there gets nothing, and no path leads on. So a search looks at the slots, not at the team.
"""

import numpy as np

from marl_routing.core.compiler import kernel
from marl_routing.core.record import Record


@kernel
def assign_optimally(auction: Record, absent: int) -> None:
    """Write auction.slot_of: the column of each agent but `absent` (-1: all take part)."""
    auction.slot_of[:] = -1
    auction.agent_of[:] = -1
    auction.agent_dual[:] = 0.0
    auction.slot_dual[:] = 0.0
    for agent in range(auction.slot_of.shape[0]):
        if agent != absent:
            _augment(auction, agent)


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
def _augment(auction: Record, root: int) -> None:
    """Give `root` a column, moving others along the shortest path to a free one."""
    auction.shortest[:] = np.inf
    auction.slot_seen[:] = 0
    reached, agent, column = 0.0, root, -1
    while True:
        column = _extend(auction, agent, reached)
        reached = auction.shortest[column]
        auction.slot_seen[column] = 1
        if auction.agent_of[column] < 0:
            break
        agent = auction.agent_of[column]
    _update_duals(auction, root, reached)
    while True:
        agent = auction.path[column]
        if column < auction.worth.shape[1]:
            auction.agent_of[column] = agent
        column, auction.slot_of[agent] = auction.slot_of[agent], column
        if agent == root:
            break


@kernel
def _extend(auction: Record, agent: int, reached: float) -> int:
    """Lengthen the paths by one agent's columns; the nearest column not yet seen."""
    slots, nearest = auction.worth.shape[1], -1
    for column in range(auction.agent_of.shape[0]):
        if auction.slot_seen[column]:
            continue
        cost = -auction.worth[agent, column] if column < slots else 0.0
        length = reached + cost - auction.agent_dual[agent] - auction.slot_dual[column]
        if length < auction.shortest[column]:
            auction.shortest[column] = length
            auction.path[column] = agent
        if nearest < 0 or auction.shortest[column] < auction.shortest[nearest]:
            nearest = column
    return nearest


@kernel
def _update_duals(auction: Record, root: int, reached: float) -> None:
    auction.agent_dual[root] += reached
    for column in range(auction.slot_seen.shape[0]):
        if auction.slot_seen[column]:
            nearer = reached - auction.shortest[column]
            auction.slot_dual[column] -= nearer
            if auction.agent_of[column] >= 0:
                auction.agent_dual[auction.agent_of[column]] += nearer
