"""A rule as data: what compiled code needs to know of a policy."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.conversation_record import NUM_STRATEGIES
from marl_routing.policies.kernels.index import NO_SCORING, Scoring
from marl_routing.policies.kernels.sight import MOST_KEYS

# Who chooses: see `matching`.
NOBODY, ANYTHING, BEST_PAIR_FIRST, AGENT_BY_AGENT, LARGEST_SUM, BIDS = range(6)
EACH_ITS_BEST = 6
PUSHED = 7  # see `pushing`
BEST_INDEX = 8  # see `index`
AUCTION = 9  # see `auctioning`
# Who talks to customers: a strategy's number says always that one. See `talking`.
SAYS_NOTHING, CALM_THEN_SOLVE, TABLE_GREEDY = -1, NUM_STRATEGIES, NUM_STRATEGIES + 1
NEVER_HELPS = 1 << 30  # help_beyond, help_after: nothing is ever so crowded, nor so old

PLAN = np.dtype(
    [
        ("matcher", "i4"),
        ("num_keys", "i4"),
        ("keys", "i4", (MOST_KEYS,)),
        ("speaker", "i4"),
        ("takes_turns", "i4"),
        ("help_beyond", "i4"),  # tickets waiting
        ("help_after", "i4"),  # steps
        ("draws_two", "i4"),  # agents for each ticket, where tickets are pushed
        ("has_limit", "i4"),  # what is pushed must not weigh more than an agent's capacity
        ("pass_value", "f8"),
        ("largest_value", "f8"),
    ],
    align=True,
)


class Rule(NamedTuple):
    """What a policy does on the desks of one scenario."""

    plan: NDArray[Any]  # (1,) of PLAN
    values: NDArray[np.float64]  # (A, C): what a pair is worth to the rule
    allowed: NDArray[np.bool_]  # (A, C): which pairs it makes at all
    bids: NDArray[np.float32]  # (A, C, P): what is bid for a ticket
    weights: NDArray[np.float32]  # (A, C, P): what a ticket weighs with an agent
    manners: NDArray[Any]  # (1,) of MANNERS
    scoring: Scoring = NO_SCORING
