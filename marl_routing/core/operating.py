"""What an operator does to the desks of a batch, their clocks standing still."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from marl_routing.core.operating_desks import DesksOperator, Flags, Floats, Ints, Masks

LARGEST = 2**31 - 1
ALL = slice(None)
YES = np.ones(1, np.bool_)


class Operator(DesksOperator):
    """Dispatching (offer, place, hold) and, on dynamic desks, operating on any open ticket.

    Each call is there for one desk, and for one ticket of each of many desks: tickets, agents and
    operations are then whole numbers (N,), and `desks` is (N,) bool, those that are acted on; what
    that earns each desk's agents stands in `rewards`.
    """

    def offer(self, env: int = 0) -> int:
        """Index of the next undecided queued ticket that someone can take, or -1."""
        return int(self._offer(self._only(env), YES)[0])

    def offer_desks(self, desks: Flags) -> Ints:
        """(N,) int64: as `offer`, of many desks; -1 of the others."""
        return self._offer(ALL, self._flags(desks))

    def place(self, ticket: int, agent: int, env: int = 0) -> Floats:
        """Assign a queued ticket, the clock standing still; if the agent cannot, hold it back.

        Returns:
            (A,) float32, the rewards that this earned.

        Raises:
            ValueError: if no such ticket is queued.
        """
        self._place(self._only(env), YES, _one("ticket", ticket), _one("agent", agent))
        return self._earned(env)

    def place_desks(self, tickets: Ints, agents: Ints, desks: Flags) -> None:
        """As `place`, at many desks."""
        numbers = (self._numbers("tickets", tickets), self._numbers("agents", agents))
        self._place(ALL, self._flags(desks), *numbers)
        self._runner.run(ticks=False, begins=False, shows=True, desks=desks)

    def hold(self, ticket: int, env: int = 0) -> None:
        """Leave a queued ticket where it is until the clock moves; else ValueError."""
        self._hold(self._only(env), YES, _one("ticket", ticket))

    def hold_desks(self, tickets: Ints, desks: Flags) -> None:
        """As `hold`, at many desks."""
        self._hold(ALL, self._flags(desks), self._numbers("tickets", tickets))

    def operate(self, operation: int, ticket: int, agent: int, env: int = 0) -> Floats:
        """Act on an open ticket in the name of an agent.

        Args:
            operation: index into `core.operate.OPERATIONS`; others are never possible.
            ticket: index of an open ticket, queued or held; -1, no ticket, is never possible.
            agent: who gets the ticket, joins in its work, or is charged for the verb.
            env: the desk.

        Returns:
            (A,) float32, the rewards that this earned. What is not possible is counted as illegal.

        Raises:
            ValueError: if no such ticket is open, or the scenario has no dynamics; for anything
                but whole numbers.
        """
        named = (("operation", operation), ("ticket", ticket), ("agent", agent))
        self._operate(self._only(env), YES, *(_one(name, value) for name, value in named))
        return self._earned(env)

    def operate_desks(self, operations: Ints, tickets: Ints, agents: Ints, desks: Flags) -> None:
        """As `operate`, at many desks."""
        named = (("operations", operations), ("tickets", tickets), ("agents", agents))
        numbers = [self._numbers(name, values) for name, values in named]
        self._operate(ALL, self._flags(desks), *numbers)
        self._runner.run(ticks=False, begins=False, shows=True, desks=desks)

    def operation_masks(self, tickets: Sequence[int], env: int = 0) -> Masks:
        """What an operator may do now.

        Args:
            tickets: indices of open tickets, -1 for none.
            env: the desk.

        Returns:
            (operations, tickets, agents) int8, 1 where `operate` would act.

        Raises:
            ValueError: as `operate`.
        """
        numbers = [_whole("ticket", ticket) for ticket in tickets]
        masks: Masks = self._mask(self._only(env), np.array([numbers], np.int64))[0]
        return masks

    def operation_masks_of_desks(self, tickets: Ints) -> Masks:
        """(N, operations, T, agents) int8: as `operation_masks`, of tickets (N, T)."""
        return self._mask(ALL, _integers("tickets", tickets, (self.num_envs, None)))

    def open_tickets(self, env: int = 0) -> list[int]:
        """Indices of all open tickets: what each agent holds in turn, then the queue in order."""
        row = self._list(self._only(env))[0]
        tickets: list[int] = row[row >= 0].tolist()
        return tickets

    def open_tickets_of_desks(self) -> Ints:
        """(N, T) int64: as `open_tickets`, -1 after the last; T is the most there can be."""
        return self._list(ALL)

    def _earned(self, env: int) -> Floats:
        """What was paid at a desk just now, once its observations and masks are up to date."""
        self._runner.show(env)
        earned: Floats = self.rewards[env].copy()
        return earned

    def _only(self, env: int) -> slice:
        self._require_open()
        if not 0 <= env < self.num_envs:
            raise ValueError(f"env: expected from 0 to {self.num_envs - 1}, got {env}")
        return slice(env, env + 1)

    def _numbers(self, name: str, values: Any) -> Ints:
        return _integers(name, values, (self.num_envs,))

    def _flags(self, desks: Any) -> Flags:
        flags = np.asarray(desks)
        if flags.shape != (self.num_envs,) or flags.dtype != np.bool_:
            raise ValueError(
                f"desks: expected bool of shape ({self.num_envs},), "
                f"got {flags.dtype} of shape {flags.shape}"
            )
        return np.ascontiguousarray(flags)


def _integers(name: str, values: Any, shape: tuple[int | None, ...]) -> Ints:
    """The array as compiled code takes it; None stands for any length."""
    array = np.asarray(values)
    fits = len(array.shape) == len(shape) and all(
        wanted in (None, length) for wanted, length in zip(shape, array.shape, strict=True)
    )
    if not fits or array.dtype.kind not in "iu":
        words = ", ".join("any" if length is None else str(length) for length in shape)
        raise ValueError(
            f"{name}: expected integers of shape ({words}), "
            f"got {array.dtype} of shape {array.shape}"
        )
    return np.ascontiguousarray(array, np.int64)


def _one(name: str, value: object) -> Ints:
    return np.array([_whole(name, value)], np.int64)


def _whole(name: str, value: object) -> int:
    """The number, if it is a whole one that compiled code can hold; else ValueError."""
    if isinstance(value, int | np.integer) and -LARGEST <= value <= LARGEST:
        return int(value)
    raise ValueError(f"{name}: expected a whole number, got {value!r}")
