"""What policies see of many desks at once, as arrays."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.parameters import Parameters

Ints = NDArray[np.int32]


class DeskView:
    """N desks of one scenario as they stand; do not keep a view past the next step.

    Attributes:
        step: (N,) the clocks.
        slots: (N, K) ticket index in each visible slot, -1 in holes.
        held, idle_since: (N, A) tickets held; step since which an agent holds nothing.
        on_shift: (N, A) bool.
        queued: (N, C) tickets waiting per category.
        expertise, speed, handle_steps, shares: (A, C); shares are those of the capacity programme,
            the others those with which an episode begins, whatever agents learn in it.
        mean_minutes, waiting_weights: (C,); capacity, concurrency: (A,).
        category_mix: (C,) shares of the arrivals.
        weights: (terms,) of the reward, in the order of terms.TERMS.
        bidding: whether agents bid instead of accepting.
        records, parameters: the desks whole, hidden things included, and their scenario: for
            policies that look ahead on copies (see docs/policies.md).
        scenario, digest: its name, and that of its values (see `Scenario.digest`).
    """

    def __init__(self, states: NDArray[Any], parameters: Parameters) -> None:
        self._tickets = states["tickets"]
        self.step: Ints = states["step"]
        self.slots: Ints = states["slots"]
        self.held: Ints = states["held_count"]
        self.idle_since: Ints = states["idle_since"]
        self.on_shift: NDArray[np.bool_] = states["on_shift"] != 0
        self.queued: Ints = states["queued"]
        self._in_work = self.held  # or helps with: what keeps an agent from working on more
        if parameters.sizes.dynamic:
            self._in_work = states["in_work"] + (states["helping"] >= 0)
        rules = parameters.rules.desk[0]
        self.expertise: NDArray[np.float32] = rules["expertise"]
        self.speed: NDArray[np.float64] = rules["speed"]
        self.handle_steps: NDArray[np.float32] = rules["handle_steps"]
        self.mean_minutes: NDArray[np.float64] = rules["mean_minutes"]
        self.waiting_weights: NDArray[np.float32] = rules["waiting_weights"]
        self.weights: NDArray[np.float32] = rules["weights"]
        self.bidding = parameters.sizes.bidding
        self.capacity: Ints = rules["capacity"]
        self.concurrency: Ints = rules["concurrency"]
        self.step_minutes = float(rules["step_minutes"])
        self.shares = parameters.shares
        self.category_mix: NDArray[np.float64] = np.diff(rules["category_cdf"], prepend=0.0)
        self.records, self.parameters = states, parameters
        self._rules = rules
        self.num_priorities = parameters.sizes.priorities
        self.scenario, self.digest = parameters.name, parameters.digest

    def _of_slots(self, name: str, hole: int = -1) -> Ints:
        values = np.take_along_axis(self._tickets[name], np.maximum(self.slots, 0), axis=1)
        return np.where(self.filled, values, hole).astype(np.int32)

    @cached_property
    def filled(self) -> NDArray[np.bool_]:
        """(N, K): whether the slot shows a ticket."""
        filled: NDArray[np.bool_] = self.slots >= 0
        return filled

    @cached_property
    def category(self) -> Ints:
        """(N, K), -1 in holes."""
        return self._of_slots("category")

    @cached_property
    def priority(self) -> Ints:
        """(N, K), 0 = most urgent, -1 in holes."""
        return self._of_slots("priority")

    @cached_property
    def number(self) -> Ints:
        """(N, K): place in the arrival stream, -1 in holes."""
        return self._of_slots("number")

    @cached_property
    def arrived(self) -> Ints:
        """(N, K): step of arrival, -1 in holes."""
        return self._of_slots("arrived")

    @cached_property
    def due(self) -> Ints:
        """(N, K): step of the resolution deadline (record.NEVER without one), -1 in holes."""
        return self._of_slots("due")

    @cached_property
    def first_due(self) -> Ints:
        """(N, K): step of the first-response deadline (record.NEVER without one), -1 in holes."""
        return self._of_slots("first_due")

    @cached_property
    def in_hand(self) -> Ints:
        """(N, A, C, P): tickets held, by category and priority."""
        held = self.records["held"]
        desk, agent, place = np.nonzero(np.arange(held.shape[2]) < self.held[:, :, None])
        tickets = self._tickets[desk, held[desk, agent, place]]
        shape = (*self.held.shape, len(self.mean_minutes), self.num_priorities)
        counts = np.zeros(shape, np.int32)
        np.add.at(counts, (desk, agent, tickets["category"], tickets["priority"]), 1)
        return counts

    @cached_property
    def abandonment(self) -> NDArray[np.float64]:
        """(C, P): chance per step that a ticket whose work has not begun is abandoned."""
        first_bit = self._rules["patience_bits"][:, :, 0]  # q / (1 + q), q the chance to stay
        leaves = (1.0 - 2.0 * first_bit) / np.maximum(1.0 - first_bit, 0.5)
        chance: NDArray[np.float64] = np.where(self._rules["has_patience"], leaves, 0.0)
        return np.maximum(chance, 0.0)

    @cached_property
    def idle(self) -> NDArray[np.bool_]:
        """(N, A): agents on shift with nothing to work on."""
        idle: NDArray[np.bool_] = (self._in_work == 0) & self.on_shift
        return idle

    @cached_property
    def available(self) -> NDArray[np.bool_]:
        """(N, A): agents that would work on another ticket at once."""
        busy = self._in_work
        available: NDArray[np.bool_] = (busy < self.concurrency) & self.on_shift
        return available
