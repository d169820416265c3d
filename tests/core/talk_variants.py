"""Changes of the shipped scenarios with customers; few of them change the code."""

from typing import Any

from marl_routing.core.conversation_record import STRATEGIES
from marl_routing.scenario import load_scenario
from tests.core.dynamic_variants import DEPENDENCY, NOBODY_LEAVES
from tests.core.shift_variants import SHIFTS
from tests.core.variants import PAID

Changes = dict[str, Any]

WEIGHTS = {
    **PAID["reward.weights"],
    "operation": -0.3,
    "reopened": -2.0,
    "satisfaction": 1.7,
    "efficiency": 0.9,
    "escalation": -0.8,
    "business_impact": 2.3,
}
REOPEN = {"probability": {"at_0": 0.9, "at_1": 0.5}, "mean_minutes": 8, "at_most": 3}
NONE_COMES_BACK = {"reopen": {"probability": 0, "mean_minutes": 8}}  # of the same shape
VERBS = {
    "escalate": {"cost": 0.5},
    "defer": {"minutes": 12, "cost": 0.25},
    "release": {"cost": 0.1},
    "transfer": {"cost": 1.5},
    "reassign": {"cost": 2.5},
}
# With teams, shifts and all the verbs that go with customers.
LIVELY: Changes = {
    **NOBODY_LEAVES,
    "time.horizon_steps": 120,
    "arrivals.load": 0.7,
    "arrivals.initial_backlog": 20,
    "service.switch_minutes": 1.4,
    "agents.teams": ["front", "back"],
    "incidents": {"reopen": REOPEN, "dependency": DEPENDENCY},
    "protocol.verbs": VERBS,
    "reward": {"sharing": 0.25, "first_response_weight": 0.5, "weights": WEIGHTS},
    "patience": None,
}
IMPATIENT = {"patience": {"mean_minutes_by_priority": [5, 9, 12, 20, None]}}


def lively(**changes: Any) -> Changes:
    """A desk with everything, most of it often; names of changes have __ for dots."""
    return LIVELY | {name.replace("__", "."): value for name, value in changes.items()}


def customers(
    inquiries: Changes | None = None, answers: Changes | None = None, **changes: Any
) -> Changes:
    """Changes of the customers: of all inquiry types, all strategies, and the rest."""
    section: Changes = load_scenario("support_bfsi").to_dict()["customers"]
    for industry in section["industries"]:
        for kind in industry["inquiry_types"].values():
            kind |= inquiries or {}
    for effect in section["strategies"]["effects"].values():
        effect |= answers or {}
    return {"customers": section | changes}


def effective(probability: float) -> dict[str, list[float]]:
    """Any strategy works as often, however a customer feels."""
    return {name: [probability] * 5 for name in STRATEGIES}


def few_who_know(**agents: Any) -> Changes:
    """Of an inquiry type two agents know anything, of the fourth three, of the last one."""
    knows = (0, 1, 2, 3, 4, 0, 1, 2, 3, 3)
    team = [
        {
            "name": f"agent {a}",
            "expertise": [(0.4 + 0.06 * a) * (knows[a] == c) for c in range(5)],
            "capacity": 3 - a % 2,
            "team": ("front", "back")[a // 5],
        }
        for a in range(10)
    ]
    there = {name.removeprefix("agents."): value for name, value in NOBODY_LEAVES.items()}
    return {
        "agents": {"team": team, "teams": ["front", "back"]} | there | agents,
        "service.speed": {"at_0": 0.0, "at_1": 1.0},
    }


ON_BFSI: dict[str, Changes] = {
    "all_together": lively(),
    "conversations_alone": lively(incidents=NONE_COMES_BACK, reward={"preset": "conversation"}),
    **{
        f"{turns}_turns_of_{needs}": lively(**customers({"needs": needs}, max_turns=turns))
        for turns, needs in ((1, 1), (2, 1), (3, 2), (4, 3), (6, 6), (30, 10))
    },
    "every_ticket_comes_back": lively(
        incidents={
            "reopen": {"probability": 1, "mean_minutes": 1, "at_most": 5},
            "dependency": DEPENDENCY,
        },
        **customers({"needs": 1}),
    ),
    "most_answers_help": lively(**customers({"effectiveness": effective(0.9)}), arrivals__load=1.5),
    "every_ticket_waits": lively(
        incidents={"reopen": REOPEN, "dependency": {"probability": 1, "within": 3}},
        queue__order="fifo",
    ),
    **{
        f"{end}_at_the_end_of_a_shift": lively(
            agents__shifts=SHIFTS,
            agents__absence=0.1,
            agents__end_of_shift=end,
            protocol__arbitration=rule,
        )
        for end, rule in (
            ("keep", "expertise"),
            ("hand_over", "least_loaded"),
            ("requeue", "longest_idle"),
        )
    },
    "few_who_know": lively() | few_who_know(),
    "few_who_know_in_shifts": lively(customers__tier_help=1.0)
    | few_who_know(shifts=SHIFTS[:2], end_of_shift="hand_over"),
    "impatient": LIVELY | IMPATIENT,
    "business_clock": lively(
        sla={
            "clock": "business",
            "pauses_while_pending": True,
            "first_response_minutes": [1, 2, 5, 8, None],
            "resolution_minutes": [5, 8, 12, None, 30],
        },
        time__business_hours={"opens": "09:10", "closes": "09:45"},
    )
    | IMPATIENT,
    "learning": lively(service__learning={"per_ticket": 0.3}),
    "no_wear": lively(customers__wear=0.0, customers__skill_floor=0.0),
    "all_wear": lively(customers__wear=1.0, customers__skill_floor=1.0),
    "slow_to_turn": lively(service__switch_minutes=4.5),
    "full_desk": lively(arrivals__load=3.0, arrivals__initial_backlog=60),
    "full_queues": lively(queue__max_per_category=3, arrivals__load=2.0),
    "next_of_category": lively(
        protocol__on_conflict="next_of_category", protocol__arbitration="random"
    ),
    "warm_up": lively(time__warm_up_steps=40),
    "long_steps": lively(time__step_minutes=2.5, service__mean_minutes=8),
    "silence_hurts": lively(customers__silent={"fall": [1, 1, 0.5, 0.5, 0.2], "loss": 0.5}),
    "values": lively(
        customers__tier_value=[0.1, 0.5, 0.9],
        customers__escalation_value=0.9,
        customers__tier_help=0.5,
    ),
}
# All industries, the oldest tickets by priority, no verbs.
ON_MIXED: dict[str, Changes] = {
    "mixed_all_industries": {
        "time.horizon_steps": 120,
        "arrivals.load": 0.6,
        "incidents": {"reopen": REOPEN, "dependency": DEPENDENCY},
        "service.learning": {"per_ticket": 0.1},
        "reward": {"sharing": 0.25, "weights": WEIGHTS | {"waiting": -0.1}},
    },
    "mixed_oldest": {
        "time.horizon_steps": 120,
        "arrivals.load": 0.6,
        "queue": {"window": "oldest", "order": "priority", "max_open_tickets": 64},
        "observation": {"peers": "summary", "identity": "rank"},
        "incidents": None,
        **IMPATIENT,
    },
}
# Nobody is ever content, or leaves.
ENDLESS = lively(
    **customers(
        {"effectiveness": effective(0.0)},
        {"fall": [0.0] * 5, "context": {}},
        silent={"fall": [0.0] * 5, "loss": 0.0},
        max_turns=1000,
    ),
    arrivals__load=0.2,
    time__horizon_steps=160,
)
# The shape of the shipped scenario: nothing but conversations.
PLAIN: dict[str, Changes] = {
    "plain_hurried": {
        "time.horizon_steps": 120,
        "customers.max_turns": 3,
        "arrivals.load": 1.2,
        "protocol.on_conflict": "next_of_category",
        **IMPATIENT,
    },
}
TALKS: dict[str, tuple[str, Changes]] = {
    name: (scenario, changes)
    for scenario, table in (
        ("support_bfsi", ON_BFSI | PLAIN),
        ("support_mixed", ON_MIXED),
    )
    for name, changes in table.items()
}
