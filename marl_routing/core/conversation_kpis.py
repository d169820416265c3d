"""What a desk with customers reports of its conversations."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.conversation_record import STRATEGIES, TIERS
from marl_routing.core.parameters import Parameters

_NAN = float("nan")


def conversation_kpis(state: Any, parameters: Parameters) -> dict[str, Any]:
    """Satisfaction, success and turns of measured conversations that have ended."""
    ended, resolved = state["talks_ended"], state["talks_resolved"]
    csat, turns = state["csat_sum"], state["strategies"]
    escalations = int(state["escalations"])
    hang_ups, limits = int(state["hang_ups"]), int(state["turn_limits"])
    all_ended = int(state["resolved"]) + hang_ups + limits
    industries = tuple(dict.fromkeys(parameters.industries))
    belongs = np.array([[own == name for own in parameters.industries] for name in industries])

    def groups(names: Sequence[str], member: NDArray[Any]) -> dict[str, dict[str, float]]:
        """CSAT and success of groups; `member` (groups, categories) or None for tiers."""
        return {
            name: _rates(csat[rows].sum(), resolved[rows].sum(), ended[rows].sum())
            for name, rows in zip(names, member, strict=True)
        }

    total = _rates(csat.sum(), resolved.sum(), ended.sum())
    by_tier = {
        name: _rates(csat[:, tier].sum(), resolved[:, tier].sum(), ended[:, tier].sum())
        for tier, name in enumerate(TIERS)
    }
    return {
        **total,
        "escalation_rate": _ratio(escalations, escalations + all_ended),
        "turns_per_conversation": _ratio(int(state["turns_sum"]), int(ended.sum())),
        "hang_ups": hang_ups,
        "turn_limits": limits,
        "escalations": escalations,
        "by_tier": by_tier,
        "by_inquiry": groups(parameters.category_names, np.eye(len(ended), dtype=np.bool_)),
        "by_industry": groups(industries, belongs),
        "strategies": {
            name: _ratio(int(used), int(turns.sum()))
            for name, used in zip((*STRATEGIES, "silent"), turns, strict=True)
        },
    }


def _rates(csat: float, resolved: float, ended: float) -> dict[str, float]:
    return {"csat": _ratio(float(csat), ended), "success_rate": _ratio(float(resolved), ended)}


def _ratio(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else _NAN
