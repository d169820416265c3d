"""Sorting agents without allocating: by insertion while they are few, then by merging."""

from collections.abc import Callable

from marl_routing.core.compiler import kernel
from marl_routing.core.memory import copy_row
from marl_routing.core.record import Record

Sorter = Callable[[Record, Record, Record, Record, int], None]
RUN = 12  # agents few enough to be sorted by insertion


def sorter(goes_before: Callable[[Record, Record, int, int], bool]) -> Sorter:
    """A kernel that sorts agents; equal ones stay as they are.

    Args:
        goes_before: a kernel that looks at what is passed as rules and desk, and tells whether
            one agent comes before another.
    """

    @kernel
    def insert(rules: Record, desk: Record, agents: Record, start: int, stop: int) -> None:
        for i in range(start + 1, stop):
            agent, place = agents[i], i
            while place > start and goes_before(rules, desk, agent, agents[place - 1]):
                agents[place] = agents[place - 1]
                place -= 1
            agents[place] = agent

    @kernel
    def merge(
        rules: Record,
        desk: Record,
        agents: Record,
        scratch: Record,
        start: int,
        half: int,
        stop: int,
    ) -> None:
        copy_row(scratch, start, agents, start, half - start)
        left, right, place = start, half, start
        while left < half:
            if right < stop and goes_before(rules, desk, agents[right], scratch[left]):
                agents[place] = agents[right]
                right += 1
            else:
                agents[place] = scratch[left]
                left += 1
            place += 1

    @kernel
    def sort_agents(
        rules: Record, desk: Record, agents: Record, scratch: Record, count: int
    ) -> None:
        """Sort agents[:count]: by insertion when they are few, runs of these by merging."""
        for start in range(0, count, RUN):
            insert(rules, desk, agents, start, min(count, start + RUN))
        run = RUN
        while run < count:
            for start in range(0, count - run, 2 * run):
                stop = min(count, start + 2 * run)
                merge(rules, desk, agents, scratch, start, start + run, stop)
            run *= 2

    return sort_agents
