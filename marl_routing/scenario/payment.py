"""Reward weights: the presets, and what a scenario overrides."""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.record import NEVER
from marl_routing.core.terms import TERMS
from marl_routing.scenario.schema import Scenario
from marl_routing.scenario.values import each

SHARING = {"holding_cost": 1.0, "routing": 0.0}
WAITING, BREACH = -1.0, -20.0
ROUTING = {
    "accept_base": 10.0,
    "expertise_bonus": 5.0,
    "resolution_time": -0.1,
    "imbalance": -5.0,
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
    reward, count = scenario.reward, len(scenario.categories)
    holding = reward.preset == "holding_cost"
    given = {name: weight for name, weight in reward.weights if weight is not None}
    waiting = np.array(each(given.pop("waiting", WAITING if holding else 0.0), count))
    weights = dict(ROUTING) if not holding else {"sla_breach": BREACH}
    weights |= given
    if holding:
        # Losing a ticket must cost no less than keeping it until it is late, or it pays to lose it.
        loss = _longest_wait(due) * waiting.min(initial=0.0) + min(weights["sla_breach"], 0.0)
        weights.setdefault("abandoned", loss)
        weights.setdefault("dropped", loss)
    weights["waiting"] = float(np.any(waiting))
    in_order = np.array([weights.get(term, 0.0) for term in TERMS], dtype=np.float32)
    return in_order, waiting.astype(np.float32)


def _longest_wait(due: NDArray[np.int32]) -> int:
    """Most steps from an arrival to its resolution deadline, within an episode."""
    horizon = len(due) - 1
    waits = (due - np.arange(horizon + 1)[:, None])[due < NEVER]
    return int(min(waits.max(initial=0) or horizon, horizon))
