"""What a desk with customers reports of its conversations."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.conversation_record import STRATEGIES, TIERS
from marl_routing.core.parameters import Parameters
from marl_routing.core.ratio import ratio

Tables = list[NDArray[Any]]  # (categories, tiers) sums: satisfaction, resolved, ended


def conversation_kpis(state: Any, parameters: Parameters) -> dict[str, Any]:
    """Satisfaction, success and turns of measured conversations that have ended."""
    tables = [state[name] for name in ("csat_sum", "talks_resolved", "talks_ended")]
    ended, turns = state["talks_ended"], state["strategies"]
    escalations = int(state["escalations"])
    hang_ups, limits = int(state["hang_ups"]), int(state["turn_limits"])
    all_ended = int(state["resolved"]) + hang_ups + limits
    industries = tuple(dict.fromkeys(parameters.industries))
    belongs = np.array([[own == name for own in parameters.industries] for name in industries])
    return {
        **_rates(tables),
        "escalation_rate": ratio(escalations, escalations + all_ended),
        "turns_per_conversation": ratio(int(state["turns_sum"]), int(ended.sum())),
        "hang_ups": hang_ups,
        "turn_limits": limits,
        "escalations": escalations,
        "by_tier": _by_group(TIERS, _itself(TIERS), [table.T for table in tables]),
        "by_inquiry": _by_group(
            parameters.category_names, _itself(parameters.category_names), tables
        ),
        "by_industry": _by_group(industries, belongs, tables),
        "strategies": {
            name: ratio(int(used), int(turns.sum()))
            for name, used in zip((*STRATEGIES, "silent"), turns, strict=True)
        },
    }


def _by_group(
    names: Sequence[str], members: NDArray[np.bool_], tables: Tables
) -> dict[str, dict[str, float]]:
    """The rates of groups of the tables' rows; `members` (groups, rows)."""
    return {
        name: _rates([table[rows] for table in tables])
        for name, rows in zip(names, members, strict=True)
    }


def _itself(names: Sequence[str]) -> NDArray[np.bool_]:
    """Groups of one row each."""
    return np.eye(len(names), dtype=np.bool_)


def _rates(tables: Tables) -> dict[str, float]:
    csat, resolved, ended = (table.sum() for table in tables)
    return {"csat": ratio(csat, ended), "success_rate": ratio(resolved, ended)}
