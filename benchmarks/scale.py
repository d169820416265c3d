"""What a desk costs as it grows: agents, queued tickets, visible tickets, desks in a batch."""

import warnings
from collections.abc import Callable
from typing import NamedTuple

from benchmarks.contender import Contender
from benchmarks.desks import DEFAULT, batch
from marl_routing import Scenario, load_scenario

AGENT_STEPS = 1_000_000  # of one play
AGENTS, QUEUED, SLOTS = 10, 100, 10
ROOM, MOST = 100, 10_000  # for tickets on top of those queued at the start; all that may be open


def desk(agents: int = AGENTS, queued: int = QUEUED, slots: int = SLOTS) -> Scenario:
    """The default desk in another size: everybody sees a summary of the team."""
    return load_scenario(
        DEFAULT,
        **{
            "agents.count": agents,
            "queue.window": "oldest",
            "queue.size": slots,
            "queue.max_open_tickets": min(queued + ROOM, MOST),
            "arrivals.initial_backlog": queued,
            "observation.peers": "summary",
            "observation.identity": "rank",
        },
    )


def sized(scenario: Scenario, num_envs: int = 1) -> Contender:
    """Random actions, for about AGENT_STEPS in all, within an episode: no beginning is counted."""
    steps = AGENT_STEPS // (num_envs * len(scenario.agents.names))
    steps = max(20, min(steps, scenario.time.horizon_steps - 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # fewer slots than agents, on purpose
        return batch(num_envs, scenario, steps=steps)


class Curve(NamedTuple):
    """Cost against one size, the others fixed."""

    axis: str
    sizes: tuple[int, ...]
    build: Callable[[int], Contender]


CURVES = {
    "cost_agents": Curve(
        "agents", (10, 30, 100, 300, 1000), lambda n: sized(desk(agents=n), max(1, 1000 // n))
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
