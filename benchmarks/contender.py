"""What is timed: something that plays the same again and again."""

import time
from collections.abc import Callable
from dataclasses import dataclass


class MissingError(Exception):
    """A figure cannot be measured here; its text says why."""


@dataclass(frozen=True)
class Contender:
    """Ready to play.

    Attributes:
        amount: what one play gets done: agent-steps, or tickets.
        play: plays once.
        begin: goes back to where a play starts; its time does not count.
    """

    amount: float
    play: Callable[[], object]
    begin: Callable[[], object] = lambda: None

    def rate(self) -> float:
        """Amount a second of one play.

        Seconds are of this process's processor time: with its one thread that is the clock's time,
        less what other programs took on a busy machine.
        """
        self.begin()
        start = time.process_time()
        self.play()
        return self.amount / (time.process_time() - start)
