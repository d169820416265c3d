"""Changes of shipped scenarios with verbs, incidents and learning; few of them change the code.

All that has agents' verbs has all of them: a verb more or less is another shape of the masks.
"""

from typing import Any

from tests.core.shift_variants import SHIFTS
from tests.core.variants import IMPATIENT, MARKET, PAID, UNEVEN

Changes = dict[str, Any]

WEIGHTS = {**PAID["reward.weights"], "operation": -0.3, "reopened": -2.0}
PAID_VERBS = {**PAID, "reward.weights": WEIGHTS}
# A desk whose tickets never come back has a smaller record: these could, and do not.
NONE_COMES_BACK = {"reopen": {"probability": 0, "mean_minutes": 12}}
NO_INCIDENTS: Changes = {"incidents": NONE_COMES_BACK, "service.learning": None}
REGRESSION = {"probability": 0.2, "growth": 0.4, "at_most": 2}
BLOCK = {"probability": 0.15, "mean_minutes": 6}
DEPENDENCY = {"probability": 0.1, "within": 6}  # by deadline, many more would jam the windows
REOPEN = {"probability": {"at_0": 0.8, "at_1": 0.3}, "mean_minutes": 12, "at_most": 2}
INCIDENTS = {
    "regression": REGRESSION,
    "block": BLOCK,
    "dependency": DEPENDENCY,
    "reopen": REOPEN,
}
COSTS = ("escalate", "swarm", "transfer", "reassign")
VERBS = {
    **{verb: {"cost": 0.5 + i} for i, verb in enumerate(COSTS)},
    "defer": {"minutes": 12, "cost": 0.25},
    "request_info": {"mean_minutes": 5, "shrink": 0.3, "cost": 0.75},
    "release": {"cost": 0.1},
}
NOBODY_LEAVES = {
    "agents.shifts": [{"starts": "00:00", "ends": "24:00"}],
    "agents.absence": 0,
}
# All on everything_on: ten agents, two teams, shifts, every verb.
LIVELY: Changes = {
    **PAID_VERBS,
    **NOBODY_LEAVES,
    "time.horizon_steps": 120,
    "arrivals.load": 0.8,
    "arrivals.initial_backlog": 25,
    "service.mean_minutes": 8,
    "service.cv": 0.8,
    "service.learning": {"per_ticket": 0.1},
    "service.concurrency_slowdown": 0.3,
    "incidents": INCIDENTS,
    "protocol.verbs": VERBS,
    "patience": None,
    "sla.clock": "always",
}
COMING_AND_GOING = {"agents.shifts": SHIFTS, "agents.absence": 0.1}
SOON_CLOSED = {  # the SLA clock stops now and then
    "sla.clock": "business",
    "time.business_hours": {"opens": "09:10", "closes": "09:45"},
    "sla.first_response_minutes": [2, 5, 8, 10],
    "sla.resolution_minutes": [5, 12, 20, 30],
}


def verbs(**changes: Any) -> Changes:
    """All verbs, some of them changed."""
    return {**VERBS, **{name: {**VERBS[name], **change} for name, change in changes.items()}}


def lively(**changes: Any) -> Changes:
    """A desk with everything, most of it often; names of changes have __ for dots."""
    return LIVELY | {name.replace("__", "."): value for name, value in changes.items()}


def calm(**changes: Any) -> Changes:
    """Where many agents are often free, and may help."""
    return lively(arrivals__load=0.4, arrivals__initial_backlog=5, **changes)


def law(name: str, **changes: Any) -> Changes:
    """Another law of the work."""
    return lively(
        service__law=name, **({} if name == "lognormal" else {"service__cv": None}), **changes
    )


ON_EVERYTHING: dict[str, Changes] = {
    "all_together": lively(),
    "verbs_without_incidents": LIVELY | NO_INCIDENTS,
    **{
        f"{name}_alone": LIVELY
        | NO_INCIDENTS
        | {"incidents": NONE_COMES_BACK | {name: INCIDENTS[name]}}
        for name in INCIDENTS
    },
    "learning_alone": lively(incidents=NONE_COMES_BACK, service__learning={"per_ticket": 0.3}),
    "memoryless": law("memoryless", service__switch_minutes=1.4),
    "deterministic": law("deterministic", agents__concurrency=3),
    **{
        f"{name}_work_lost": law(name, protocol__verbs=verbs(release={"work": "lost"}))
        for name in ("memoryless", "lognormal", "deterministic")
    },
    "pauses": lively(
        sla__resolution_minutes=[4, 10, 20, 30], sla__first_response_minutes=[1, 4, 7, 9]
    ),
    "pauses_of_a_business_clock": LIVELY | SOON_CLOSED,
    "pauses_impatient": LIVELY
    | SOON_CLOSED
    | {"patience": {"mean_minutes_by_priority": [5, 9, 12, 20]}},
    "business_clock_without_pauses": LIVELY | SOON_CLOSED | {"sla.pauses_while_pending": False},
    "some_targets": lively(
        sla__first_response_minutes=[None, 8, None, 30],
        sla__resolution_minutes=[15, None, 40, None],
    ),
    "impatient": LIVELY | IMPATIENT,
    **{
        f"{end}_at_the_end_of_a_shift": LIVELY | COMING_AND_GOING | {"agents.end_of_shift": end}
        for end in ("keep", "hand_over", "requeue")
    },
    **{
        f"hand_over_{rule}": calm(
            **COMING_AND_GOING, agents__end_of_shift="hand_over", protocol__arbitration=rule
        )
        for rule in ("least_loaded", "longest_idle", "random")
    },
    **{
        f"{rule}_{on_conflict}": calm(
            protocol__arbitration=rule, protocol__on_conflict=on_conflict, agents__concurrency=1
        )
        for rule, on_conflict in (
            ("expertise", "lose"),
            ("least_loaded", "next_of_category"),
            ("longest_idle", "lose"),
            ("longest_idle", "next_of_category"),
            ("random", "next_of_category"),
        )
    },
    "one_at_a_time": lively(agents__concurrency=1, service__switch_minutes=2.3),
    "three_at_a_time": lively(agents__concurrency=3, service__switch_minutes=2.3),
    "learning_from_nothing": lively(
        agents__generator="nested",
        service__speed={"at_0": 0.0, "at_1": 1.0},
        service__learning={"per_ticket": 0.3},
    ),
    "full_desk": lively(
        queue__max_open_tickets=65, arrivals__initial_backlog=60, arrivals__load=3.0
    ),
    "full_queues": lively(queue__max_per_category=4),
    "every_ticket_waits": lively(
        incidents={**INCIDENTS, "dependency": {"probability": 1, "within": 3}}, queue__order="fifo"
    ),
    "every_ticket_comes_back": lively(
        incidents={
            "reopen": {"probability": 1, "mean_minutes": 1, "work_share": 1},
            "dependency": DEPENDENCY,
        },
        service__mean_minutes=3,
    ),
    "always_pending": lively(
        incidents=NONE_COMES_BACK | {"block": {"probability": 0.6, "mean_minutes": 3}}
    ),
    "crowds": calm(service__mean_minutes=40, service__switch_minutes=1.4, agents__capacity=10),
    "fifo": lively(queue__order="fifo"),
    "within_steps": lively(service__mean_minutes=0.7, exact=True),
    "warm_up": lively(time__warm_up_steps=40, queue__max_open_tickets=70),
    "long_steps": lively(time__step_minutes=2.5, service__mean_minutes=20),
    "uneven_team": {
        **LIVELY,
        "agents": {
            "team": [
                agent | {"team": ("support", "engineering")[a % 3 > 0], "shift": SHIFTS[a % 2]}
                for a, agent in enumerate(UNEVEN)
            ],
            "teams": ["support", "engineering"],
            "end_of_shift": "hand_over",
        },
    },
}
# Swarms alone, and no shifts.
ON_STORM: dict[str, Changes] = {
    "storm_of_three_incidents": {
        "time.horizon_steps": 120,
        "incidents": INCIDENTS | {"reopen": None},
        "service.mean_minutes": 8,
        "sla.pauses_while_pending": True,
        **PAID_VERBS,
    },
    "storm_learning": {
        "time.horizon_steps": 120,
        "service.mean_minutes": 5,
        "service.learning": {"per_ticket": 0.3},
        "protocol.arbitration": "longest_idle",
    },
}
# Three agents, the oldest tickets, by priority, and few of them.
ON_TRIAGE: dict[str, Changes] = {
    "triage_of_all_incidents": {
        "incidents": INCIDENTS,
        "service.mean_minutes": 30,
        "sla.clock": "business",
        **PAID_VERBS,
        "reward.weights": {**WEIGHTS, "waiting": [-0.1, -0.2, -0.3, -0.4]},
    },
    "triage_impatient": {
        "incidents.reopen": {"probability": 0.7, "mean_minutes": 15},
        "service.mean_minutes": 20,
        "protocol.on_conflict": "next_of_category",
        "agents.concurrency": 2,
        "patience": {"mean_minutes_by_priority": [30, 60, 90, None]},
    },
}
# Agents bid, and have no verbs.
ON_MARKET: dict[str, Changes] = {
    "market_of_all_incidents": {
        **MARKET,
        "incidents": INCIDENTS,
        "service.learning": {"per_ticket": 0.1},
        "protocol": {"kind": "bid", "clearing": "greedy", "payment": "second_price"},
    }
}
DYNAMICS: dict[str, tuple[str, Changes]] = {
    name: (scenario, changes)
    for scenario, table in (
        ("everything_on", ON_EVERYTHING),
        ("incident_storm", ON_STORM),
        ("engineering_triage", ON_TRIAGE),
        ("auction_desk", ON_MARKET),
    )
    for name, changes in table.items()
}
