"""Time averages, counted as the desk runs."""

from marl_routing.core.compiler import kernel
from marl_routing.core.record import Record
from marl_routing.core.settling import helps, tickets_in_work


@kernel
def count_time(rules: Record, desk: Record) -> None:
    """Right after the actions: backlog, queue and occupancy."""
    if desk.measured:
        desk.measured_steps += 1
        desk.open_area += desk.num_open
        desk.queue_area += desk.num_queued
        for agent in range(desk.held_count.shape[0]):
            desk.shift_steps[agent] += desk.on_shift[agent]
            desk.busy[agent] += tickets_in_work(rules, desk, agent) + helps(desk, agent)
