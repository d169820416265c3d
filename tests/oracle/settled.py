"""What is in work, and who is free, on a dynamic desk: settled twice a tick, and so until then."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.oracle.tickets import Agent, Ticket


@dataclass(eq=False)
class SettledAgent(Agent):
    """An agent of a dynamic desk."""

    in_work: Sequence[Ticket] = ()
    free: bool = True  # nothing in work, and helps nobody
    talks_about: Ticket | None = None  # its current ticket when it chose what to do
    says: int | None = None  # the strategy chosen; None: it is silent

    @property
    def shown(self) -> Ticket | None:
        """The current ticket, or the one it helps with."""
        return self.current or self.helping


def settle(agents: Sequence[SettledAgent], clock: int) -> None:
    """See what everybody works on now; who has become free is idle from now on."""
    for agent in agents:
        awake = [ticket for ticket in agent.held if not ticket.rests]
        agent.in_work = awake[: agent.concurrency] if agent.on_shift else []
    in_work = [ticket for agent in agents for ticket in agent.in_work]
    for agent in agents:
        if agent.in_work or not agent.on_shift or agent.helping not in in_work:
            agent.stop_helping()
        was_free, agent.free = agent.free, not agent.in_work and agent.helping is None
        if agent.free and not was_free:
            agent.idle_since = clock
