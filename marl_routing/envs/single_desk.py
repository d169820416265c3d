"""One desk, and all that can be asked of it beside stepping: what the faces have in common."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.dispatch import NO_TICKET
from marl_routing.core.user_terms import RewardTerm
from marl_routing.core.view import DeskView
from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.scenario import Scenario, load_scenario


class Snapshot(NamedTuple):
    """One moment of a desk, to go back to."""

    desk: Any
    running: bool


class TicketInfo(NamedTuple):
    """An open ticket: indices of category and priority, steps of arrival and deadline.

    `age` is as in observations: 1 at twice the resolution target (without one, twice the horizon).
    """

    number: int
    category: int
    priority: int
    arrived: int
    due: int
    age: float


class SingleDesk:
    """One desk of a scenario; its subclass moves the clock.

    Args:
        scenario: a shipped or registered name, a path, or a `Scenario`.
        max_cycles: overrides the scenario's `time.horizon_steps`.
        reward_terms: the user's own reward terms, as in `DeskBatch`.
        record: keep a log of events; see `events`.
    """

    def __init__(
        self,
        scenario: str | Path | Scenario,
        max_cycles: int | None,
        reward_terms: Sequence[RewardTerm],
        record: bool,
    ) -> None:
        self.scenario = load_scenario(scenario)
        if max_cycles is not None:
            self.scenario = _shortened(self.scenario, max_cycles)
        self._batch = DeskBatch(
            self.scenario, reward_terms=reward_terms, record=record, autoreset=False
        )
        self._num_agents = self._batch.num_agents
        self._started = False
        self._running = False

    def state(self) -> NDArray[np.float32]:
        """The whole desk for a centralised critic: float32 in `state_space`; also after the end."""
        state: NDArray[np.float32] = self._batch.state()[0]  # made anew at each call
        return state

    def metrics(self) -> dict[str, Any]:
        """The KPIs of this episode so far."""
        return self._batch.metrics(0)

    def headline(self) -> dict[str, float]:
        """The few KPIs cheap enough for every step; nan where there is no case yet."""
        return self._batch.headline(0)

    def counts(self) -> dict[str, int]:
        """This episode's tickets, which add up as `DeskBatch.counts` says."""
        return self._batch.counts(0)

    def terms(self) -> dict[str, NDArray[np.float32]]:
        """Every raw reward term of the last step, (num_agents,) each."""
        return {name: values[0].copy() for name, values in self._batch.terms().items()}

    def events(self) -> NDArray[np.void]:
        """This episode's log, as `DeskBatch.events`; only of a desk made with `record=True`."""
        return self._batch.events(0)

    def action_meanings(self, agent: str) -> list[str]:
        """What each action does, in words."""
        return self._batch.action_meanings()

    def observation_fields(self) -> list[tuple[str, float, float]]:
        """(name, low, high) of every entry of an observation."""
        return self._batch.observation_fields()

    def view(self) -> DeskView:
        """The desk as policies see it: arrays of one desk."""
        return self._batch.view()

    def snapshot(self) -> Snapshot:
        """Everything that decides what happens next, randomness included; picklable."""
        return Snapshot(self._batch.snapshot(), self._running)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot of this desk, or of another of the same scenario."""
        self._batch.restore(snapshot.desk)
        self._started, self._running = True, snapshot.running

    def offer(self) -> int:
        """The next undecided ticket that some agent may take now, or -1; also -1 after the end."""
        return self._batch.offer(0) if self._running else NO_TICKET

    def ticket(self, ticket: int) -> TicketInfo:
        """What the desk knows of an open ticket that `offer` named."""
        desk = self._batch.states[0]
        record = desk["tickets"][ticket]
        waited = int(desk["step"] - record["arrived"])
        return TicketInfo(
            number=int(record["number"]),
            category=int(record["category"]),
            priority=int(record["priority"]),
            arrived=int(record["arrived"]),
            due=int(record["due"]),
            age=min(1.0, waited * float(record["inverse_target"]) / 2),
        )

    def place(self, ticket: int, agent: int) -> NDArray[np.float32]:
        """Give the offered ticket to an agent without moving the clock.

        An agent that cannot take it, or that does not exist, is an illegal action: the ticket is
        held instead.

        Returns:
            float32 (num_agents,): the rewards that this earned.
        """
        return self._batch.place(ticket, agent, 0)

    @property
    def batch(self) -> DeskBatch:
        """This desk as a batch of one; only to be looked at."""
        return self._batch

    @property
    def desk_record(self) -> Any:
        """All that the desk keeps (see `core.record`), hidden work included; only to be read."""
        return self._batch.states[0]

    def open_tickets(self) -> list[int]:
        """Indices of all open tickets: what each agent holds in turn, then the queue in order."""
        return self._batch.open_tickets(0)

    def operate(self, operation: int, ticket: int, agent: int) -> NDArray[np.float32]:
        """Act on an open ticket in an agent's name, the clock standing still; `Batch.operate`."""
        if not self._running:
            raise RuntimeError("No episode is running: call reset() first.")
        return self._batch.operate(operation, ticket, agent, 0)

    def operation_masks(self, tickets: Sequence[int]) -> NDArray[np.int8]:
        """(operations, tickets, agents): what `operate` would do now; -1 stands for no ticket."""
        return self._batch.operation_masks(tickets, 0)

    def hold(self, ticket: int) -> None:
        """Leave the offered ticket in the queue for this step."""
        self._batch.hold(ticket, 0)

    def _require_reset(self) -> None:
        if not self._started:
            raise RuntimeError("The desk is not open yet: call reset() first.")


def _shortened(scenario: Scenario, horizon_steps: int | np.integer[Any]) -> Scenario:
    """The scenario with another horizon, and without its warm-up if that would be all of it."""
    warm_up = scenario.time.warm_up_steps
    if isinstance(horizon_steps, np.integer):
        horizon_steps = int(horizon_steps)
    if isinstance(horizon_steps, int) and horizon_steps <= warm_up:
        warm_up = 0
    return load_scenario(scenario, time__horizon_steps=horizon_steps, time__warm_up_steps=warm_up)
