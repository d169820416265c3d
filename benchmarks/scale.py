"""What a desk costs as it grows: agents, queued tickets, visible tickets, desks in a batch."""

from collections.abc import Callable
from typing import Any, NamedTuple

from benchmarks.contender import Contender
from benchmarks.desks import DEFAULT, batch
from marl_routing import Scenario, load_scenario

AGENT_STEPS = 1_000_000  # of one play
AGENTS, BACKLOG, ROOM, SLOTS = 10, 10, 2, 10  # a backlog, and room for more, for each agent


def desk(
    agents: int = AGENTS, queued: int | None = None, slots: int = SLOTS, **changes: Any
) -> Scenario:
    """The default desk in another size, as docs/performance.md makes a large one.

    Args:
        agents: of the team.
        queued: tickets at the start; none: BACKLOG an agent.
        slots: of the window.
        changes: other settings, by dotted keys.
    """
    queued = BACKLOG * agents if queued is None else queued
    of_its_size: dict[str, Any] = {
        "agents.count": agents,
        "arrivals.initial_backlog": queued,
        "queue.order": "deadline",
        "queue.window": "oldest",
        "queue.size": slots,
        "queue.max_open_tickets": queued + ROOM * agents,
        "protocol.on_conflict": "next_of_category",
        "observation.peers": "summary",
        "observation.identity": "rank",
    }
    return load_scenario(DEFAULT, **of_its_size | changes)


def sized(scenario: Scenario, num_envs: int = 1) -> Contender:
    """Random actions, for about AGENT_STEPS in all, within an episode: no beginning is counted."""
    steps = AGENT_STEPS // (num_envs * len(scenario.agents.names))
    steps = max(20, min(steps, scenario.time.horizon_steps - 1))
    return batch(num_envs, scenario, steps=steps)


class Curve(NamedTuple):
    """Cost against one size, the others fixed."""

    axis: str
    sizes: tuple[int, ...]
    build: Callable[[int], Contender]


CURVES = {
    "cost_agents": Curve(
        "agents", (10, 30, 100, 300, 1000), lambda n: sized(desk(n, 100), max(1, 1000 // n))
    ),
    "cost_queue": Curve(
        "tickets queued at the start", (10, 100, 1000, 10000), lambda n: sized(desk(queued=n), 16)
    ),
    "cost_slots": Curve("visible tickets K", (10, 20, 50, 100), lambda n: sized(desk(slots=n), 64)),
    "cost_batch": Curve(
        "desks in a batch",
        (1, 4, 16, 64, 256, 1024, 4096),
        lambda n: sized(load_scenario(DEFAULT), n),
    ),
}
