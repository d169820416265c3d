"""What is in work, and who is free, on a dynamic desk: settled twice a tick, and so until then."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.oracle.tickets import Agent, Ticket


@dataclass(eq=False)
class SettledAgent(Agent):
    """An agent of a dynamic desk."""

    in_work: Sequence[Ticket] = ()
    free: bool = True  # nothing in work, and helps nobody

    @property
    def shown(self) -> Ticket | None:
        """The current ticket, or the one it helps with."""
        return self.current or self.helping


def settle(agents: Sequence[SettledAgent]) -> None:
    """See what everybody works on now."""
    for agent in agents:
        awake = [ticket for ticket in agent.held if not ticket.rests]
        agent.in_work = awake[: agent.concurrency] if agent.on_shift else []
    in_work = [ticket for agent in agents for ticket in agent.in_work]
    for agent in agents:
        if agent.in_work or not agent.on_shift or agent.helping not in in_work:
            agent.stop_helping()
        agent.free = not agent.in_work and agent.helping is None


def settle_the_end(agents: Sequence[SettledAgent], clock: int) -> None:
    """Settle at the end of a tick: who has become free since its actions is idle from now on."""
    busy = [agent for agent in agents if not agent.free]
    settle(agents)
    for agent in busy:
        if agent.free:
            agent.idle_since = clock
