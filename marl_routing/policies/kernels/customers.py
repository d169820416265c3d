"""What a rule that talks sees of an agent's customer, and knows of customers at large."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.compiler import blank_records, kernel
from marl_routing.core.conversation_record import (
    NUM_CONTEXT,
    NUM_SENTIMENTS,
    NUM_STRATEGIES,
    NUM_TIERS,
)
from marl_routing.core.learning import expertise_of
from marl_routing.core.parameters import RESPOND
from marl_routing.core.record import Record
from marl_routing.core.terms import NUM_TERMS
from marl_routing.envs.conversations import Conversations

CUSTOMER = np.dtype(
    [
        ("sentiment", "i4"),
        ("tier", "i4"),
        ("turns", "i4"),
        ("progress", "i4"),
        ("needs", "i4"),  # progress that resolves
        ("escalated", "i4"),  # 1 if somebody did before
        ("satisfaction", "f8"),
        ("expertise", "f8"),  # of the agent in the inquiry type
        ("worn", "i4", (NUM_STRATEGIES,)),
        ("effectiveness", "f8", (NUM_STRATEGIES,)),
        ("context", "f8", (NUM_CONTEXT,)),
        ("legal", "i1", (NUM_STRATEGIES,)),
    ],
    align=True,
)
# The scenario's tables that do not depend on the inquiry type, as `core.parameters` names them.
MANNERS = np.dtype(
    [
        ("wear", "f8"),
        ("skill_floor", "f8"),
        ("tier_help", "f8"),
        ("escalation_value", "f8"),
        ("max_turns", "i4"),
        ("rise", "f8", (NUM_STRATEGIES,)),
        ("gain", "f8", (NUM_STRATEGIES,)),
        ("advance", "i4", (NUM_STRATEGIES,)),
        ("loss", "f8", (NUM_STRATEGIES,)),
        ("fall", "f8", (NUM_SENTIMENTS, NUM_STRATEGIES)),
        ("context_effects", "f8", (NUM_STRATEGIES, NUM_CONTEXT)),
        ("tier_value", "f8", (NUM_TIERS,)),
        ("weights", "f8", (NUM_TERMS,)),
    ],
    align=True,
)


def manners_of(rules: Any) -> NDArray[Any]:
    """(1,) of MANNERS, from a record of the scenario's rules."""
    manners = blank_records(1, MANNERS)
    for name in MANNERS.names or ():
        manners[name] = rules[name]
    return manners


def customers_of(talks: Conversations, legal: NDArray[np.bool_]) -> NDArray[Any]:
    """(N, A) of CUSTOMER, from a view's conversations and what may be said to them."""
    customers = blank_records(legal.shape[:2], CUSTOMER)
    for name in CUSTOMER.names or ():
        if hasattr(talks, name):
            customers[name] = getattr(talks, name)
    customers["needs"] = talks.rules["needs"][talks.inquiry]
    customers["legal"] = legal
    return customers


@kernel
def meet(rules: Record, desk: Record, agent: int, mask: Record, customer: Record) -> bool:
    """Write an agent's customer, from its record and mask; False if there is none to talk to."""
    first, some = rules.verb_at[RESPOND], False
    for strategy in range(NUM_STRATEGIES):
        customer.legal[strategy] = mask[first + strategy]
        some = some or mask[first + strategy] != 0
    if not some:
        return False
    index = desk.current[agent]
    talk, category = desk.talk[index], desk.tickets[index].category
    customer.sentiment = talk.sentiment
    customer.tier = talk.tier
    customer.turns = talk.turns
    customer.progress = talk.progress
    customer.needs = rules.needs[category]
    customer.escalated = talk.escalated > 0
    customer.satisfaction = talk.satisfaction
    customer.expertise = expertise_of(rules, desk, agent, category)
    for strategy in range(NUM_STRATEGIES):
        customer.worn[strategy] = talk.worn[strategy]
        customer.effectiveness[strategy] = rules.effectiveness[category, talk.sentiment, strategy]
    for entry in range(NUM_CONTEXT):
        customer.context[entry] = talk.context[entry]
    return True
