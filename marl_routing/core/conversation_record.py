"""What the record holds of customers and conversations, and the words for it."""

from typing import Any

import numpy as np

STRATEGIES = (
    "empathetic",
    "technical",
    "escalate",
    "product_recommend",
    "apologetic",
    "educational",
    "quick_resolution",
    "upsell",
)
SENTIMENTS = ("angry", "annoyed", "neutral", "pleased", "delighted")
TIERS = ("basic", "premium", "vip")
NUM_STRATEGIES, NUM_SENTIMENTS, NUM_TIERS = len(STRATEGIES), len(SENTIMENTS), len(TIERS)
NUM_CONTEXT = 10  # entries of a customer's context vector
ESCALATE_TALK, SILENT = STRATEGIES.index("escalate"), NUM_STRATEGIES
MOST_WORN = 2  # failures of a strategy that count

TALK = np.dtype(
    [
        ("satisfaction", "f4"),  # 0..1; at the end it is the CSAT
        ("prior", "f4"),  # satisfaction at arrival
        ("context", "f4", (NUM_CONTEXT,)),  # 0..1, what the industry says they mean
        ("turns", "i2"),
        ("talked", "i2"),  # turns ever, with all agents
        ("talked_before", "i2"),  # of these, before the ticket came back last
        ("progress", "i2"),
        ("escalated", "i2"),  # times
        ("escalator", "i2"),  # who did it last and may not have it back, -1: nobody
        ("sentiment", "i1"),  # 0 angry .. 4 delighted
        ("tier", "i1"),
        ("worn", "i1", (NUM_STRATEGIES,)),  # failures of each strategy, up to MOST_WORN
    ],
    align=True,
)


def conversation_fields(agents: int, categories: int, tickets: int) -> list[Any]:
    """What only desks with customers keep."""
    pairs = (categories, NUM_TIERS)
    return [
        ("talking", "i4", (agents,)),  # ticket that was current when last observed, -1
        ("strategy", "i4", (agents,)),  # of this step's turn
        ("escalations", "i4"),
        ("hang_ups", "i4"),
        ("turn_limits", "i4"),
        ("strategies", "i4", (NUM_STRATEGIES + 1,)),  # uses; the last: silent turns
        # measured tickets
        ("talks_ended", "i4", pairs),
        ("talks_resolved", "i4", pairs),
        ("csat_sum", "f8", pairs),
        ("turns_sum", "i4"),
        ("kpi_talked_away", "i4"),  # abandoned in a conversation
        ("talk", TALK, (tickets,)),  # of the ticket at the same place
    ]
