"""How a peer's process talks to the benchmark: a play for each line read, an answer for each."""

import json
import sys
import time
from collections.abc import Callable


def take_turns(play: Callable[[], int]) -> None:
    """Play whenever a line comes in, until there are no more.

    Seconds are of this process's processor time, as on the other side.

    Args:
        play: plays once, and says how many agent-steps (or tickets) that were.
    """
    play()  # what compiles has compiled
    tell({"ready": True})
    for _ in sys.stdin:
        start = time.process_time()
        amount = play()
        tell({"per_second": amount / (time.process_time() - start)})


def tell(answer: dict[str, object]) -> None:
    """One line of JSON; whatever else a library prints is passed over."""
    print(f"\n{json.dumps(answer)}", flush=True)
