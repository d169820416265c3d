"""Customers and conversations as the core reads them."""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.conversation_record import STRATEGIES
from marl_routing.scenario import tables
from marl_routing.scenario.customers import Customers
from marl_routing.scenario.industries import Strategies

Desk = NDArray[np.void]


def industries(customers: Customers | None) -> tuple[str, ...]:
    """Name of the industry of each category; empty without customers."""
    return () if customers is None else tuple(name for name, _, _ in customers.inquiry_types)


def fill(desk: Desk, customers: Customers) -> None:
    """Write what a record of `rules_dtype` says of customers."""
    kinds = [kind for _, _, kind in customers.inquiry_types]
    desk["tier_cdf"] = tables.cumulative([kind.tiers for kind in kinds])
    desk["sentiment_cdf"] = tables.cumulative([kind.sentiments for kind in kinds])
    desk["prior_low"], desk["prior_high"] = np.transpose([k.prior_satisfaction for k in kinds])
    by_strategy = np.array([[kind.effectiveness[s] for s in STRATEGIES] for kind in kinds])
    desk["effectiveness"] = by_strategy.transpose(0, 2, 1)
    desk["needs"] = [kind.needs for kind in kinds]
    _fill_strategies(desk, customers.strategies)
    desk["silent_fall"], desk["silent_loss"] = customers.silent.fall, customers.silent.loss
    for key in ("wear", "skill_floor", "tier_help", "max_turns", "tier_value", "escalation_value"):
        desk[key] = getattr(customers, key)


def _fill_strategies(desk: Desk, strategies: Strategies) -> None:
    in_order = [strategies.effects[name] for name in STRATEGIES]
    for key in ("rise", "gain", "loss", "advance"):
        desk[key] = [getattr(strategy, key) for strategy in in_order]
    desk["fall"] = np.transpose([strategy.fall for strategy in in_order])
    entries = strategies.context
    desk["context_effects"] = [[s.context.get(entry, 0.0) for entry in entries] for s in in_order]
