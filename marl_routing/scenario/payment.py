"""Reward weights: the presets, and what a scenario overrides."""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.record import NEVER
from marl_routing.core.terms import TERMS
from marl_routing.scenario.dynamics import deferral_steps
from marl_routing.scenario.schema import Scenario
from marl_routing.scenario.values import each

SHARING = {"holding_cost": 1.0, "routing": 0.0, "triage": 1.0, "conversation": 0.0}
PRESETS = {
    "holding_cost": {"waiting": -1.0, "sla_breach": -20.0},
    "routing": {
        "accept_base": 10.0,
        "expertise_bonus": 5.0,
        "resolution_time": -0.1,
        "imbalance": -5.0,
    },
    "triage": {
        "resolved": 1.0,
        "sla_breach": -0.2,
        "idle_with_backlog": -0.05,
        "context_switch": -0.05,
        "operation": -0.02,
    },
    "conversation": {
        "satisfaction": 1.0,
        "efficiency": 1.0,
        "business_impact": 1.0,
        "escalation": -0.3,
        "sla_breach": -0.2,
    },
}


def reward_weights(
    scenario: Scenario, due: NDArray[np.int32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights of a scenario's reward.

    Args:
        scenario: the scenario.
        due: (horizon + 1, priorities) resolution deadlines, in steps.

    Returns:
        (terms,) float32 in the order of TERMS, where "waiting" is 1 if any category's tickets wait
        at a cost, and (categories,) float32 waiting weights.
    """
    preset = scenario.reward.preset
    given = {name: weight for name, weight in scenario.reward.weights if weight is not None}
    weights = PRESETS[preset] | given
    waiting = np.array(each(weights.pop("waiting", 0.0), len(scenario.categories)))
    if preset != "routing":
        # Losing a ticket must cost no less than keeping it until it is late, or it pays to lose it;
        # and a lost customer takes along what the best conversation is worth to the business.
        longest = _longest_wait(scenario, due)
        loss = longest * waiting.min(initial=0.0) + min(weights.get("sla_breach", 0.0), 0.0)
        if scenario.customers is not None:
            best = max(scenario.customers.tier_value)
            loss -= best * max(weights.get("business_impact", 0.0), 0.0)
        weights.setdefault("abandoned", loss)
        weights.setdefault("dropped", loss)
    weights["waiting"] = float(np.any(waiting))
    in_order = np.array([weights.get(term, 0.0) for term in TERMS], dtype=np.float32)
    return in_order, waiting.astype(np.float32)


def _longest_wait(scenario: Scenario, due: NDArray[np.int32]) -> int:
    """Most steps from an arrival to its resolution deadline, however it moves, in an episode."""
    horizon, defer = scenario.time.horizon_steps, scenario.verbs.defer
    waits = (due - np.arange(horizon + 1)[:, None])[due < NEVER]
    longest = int(waits.max(initial=0))
    if longest == 0 or (scenario.dynamic and scenario.sla.pauses_while_pending):
        return horizon
    if defer is not None:
        longest += defer.at_most * deferral_steps(defer, scenario.time.step_minutes)
    return min(longest, horizon)
