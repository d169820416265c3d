"""`check_desk_env`: everything that a parallel desk promises, over whole masked episodes."""

from collections.abc import Callable
from pathlib import Path

from marl_routing.envs.parallel import TicketRoutingEnv
from marl_routing.scenario import Scenario
from marl_routing.testing import bids, moments, repetition, sharing, truth
from marl_routing.testing.episode import bids_in


def check_desk_env(
    desk: str | Path | Scenario | Callable[[], TicketRoutingEnv],
    seed: int = 0,
    stochastic: bool = True,
) -> None:
    """Raise an AssertionError that says what is wrong, if anything is.

    Stricter than PettingZoo's tests: whole episodes repeat exactly, two seeds differ, `reset()`
    continues, snapshots are exact, masks tell the truth, no step writes into what an earlier one
    returned, and every ticket is accounted for.

    Args:
        desk: a scenario (name, path or object), or a function that makes a new parallel env.
        seed: of the episodes that are played.
        stochastic: False for a desk without randomness, where all episodes may be alike.
    """
    make = desk if callable(desk) else lambda: TicketRoutingEnv(desk)
    moments.check_spaces(make())
    moments.check_episode(make, seed)
    moments.check_end(make, seed)
    repetition.check_same_seed(make, seed)
    sharing.check_nothing_shared(make, seed)
    repetition.check_reset_continues(make, seed)
    if stochastic:
        repetition.check_episodes_differ(make, seed)
    repetition.check_snapshot(make, seed)
    if bids_in(make()):
        bids.check_bid_masks(make, seed)
        bids.check_strange_bids(make, seed)
    else:
        truth.check_masks(make, seed)
        truth.check_strange_actions(make, seed)
