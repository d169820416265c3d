"""Changes of shipped scenarios that between them take every branch of the rules."""

from typing import Any

SHORT = {"time.horizon_steps": 120}
BUSY = {**SHORT, "arrivals.load": 1.5, "arrivals.initial_backlog": 30}
CALM = {**SHORT, "arrivals.load": 0.6, "service.mean_minutes": 6}  # agents are often idle
IMPATIENT = {"patience": {"mean_minutes_by_priority": [15, 30, 60, None]}}
PAID: dict[str, Any] = {
    "reward.sharing": 0.25,
    "reward.first_response_weight": 0.5,
    "reward.weights": {
        "accept_base": 1.0,
        "expertise_bonus": 2.0,
        "resolution_time": -0.03,
        "imbalance": -1.5,
        "resolved": 3.0,
        "sla_breach": -4.0,
        "idle_with_backlog": -0.2,
        "context_switch": -0.7,
        "lost_accept": -0.4,
        "illegal_action": -0.6,
        "waiting": [-0.1, -0.2, -0.3, -0.4, -0.5],
        "abandoned": -6.0,
        "dropped": -7.0,
    },
}
UNEVEN = [
    {
        "name": f"agent {a}",
        "expertise": [1 - 0.1 * a, 0.1 * a, 0.5, 0.3 + 0.05 * a, 0.9],
        "capacity": 10 - a,
        "concurrency": 1 + a % 3,
    }
    for a in range(10)
]
BERNOULLI = {
    "process": "bernoulli",
    "probabilities": [0.2, 0.1, 0.0, 0.15, 0.05],
    "priority_mix": [[1, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 1], [0, 1, 2, 3], [0, 0, 1, 0]],
    "initial_backlog": 7,
}
BURSTY = {
    "process": "bursty",
    "phases": [
        {"rate_per_hour": 60, "mean_minutes": 12},
        {"rate_per_hour": 0, "mean_minutes": 7.5},
        {"rate_per_hour": 15, "mean_minutes": 1},
    ],
    "category_mix": [3, 1, 0, 1, 1],
    "initial_backlog": 7,
}


def replayed(drawn: bool) -> dict[str, Any]:
    """A trace of tickets in threes from step 0 on; where work is drawn, half of it is given."""
    return {
        "process": "trace",
        "initial_backlog": 4,
        "trace": [
            {
                "time_minutes": 0.7 * (i // 3 * 3),
                "category": ("technical", "billing", "bug_report")[i % 3],
                "priority": ("low", "critical", "high", "medium")[i % 4],
                **({"work_minutes": 3.0 + i % 11} if drawn and i % 2 else {}),
            }
            for i in range(150)
        ],
    }


# All on saas_balanced. A new shape of the record is compiled anew, so few variants change it.
SORTED = {
    **BUSY,
    "queue.order": "priority",
    "observation": {"peers": "summary", "identity": "rank"},
}
OLDEST = {
    **BUSY,
    "queue": {"window": "oldest", "order": "priority"},
    "agents.capacity": 2,
    "observation.peers": "none",
}
# With shifts or bids the record has another shape again; then all that changes it comes at once.
BY_PRIORITY: dict[str, Any] = {
    "queue": {"window": "oldest", "order": "priority"},
    "agents.capacity": 2,
    "observation": {"peers": "summary", "identity": "rank"},
}
VARIANTS: dict[str, dict[str, Any]] = {
    **{
        f"{arbitration}_{on_conflict}": {
            **CALM,
            **PAID,
            "protocol": {"arbitration": arbitration, "on_conflict": on_conflict},
        }
        for arbitration in ("expertise", "least_loaded", "longest_idle", "random")
        for on_conflict in ("lose", "next_of_category")
    },
    "equal_expertise": {**BUSY, "agents": {"count": 10, "generator": "chain"}},
    "cannot_serve": {
        **BUSY,
        "agents": {"count": 10, "generator": "nested"},
        "service.speed": {"at_0": 0.0, "at_1": 1.0},
        "protocol": {"arbitration": "least_loaded", "on_conflict": "next_of_category"},
    },
    "uneven_team": {
        **BUSY,
        "agents": {"team": UNEVEN},
        "service.concurrency_slowdown": 0.1,
        "protocol.arbitration": "longest_idle",
    },
    "deadline": {**BUSY, "queue.order": "deadline"},
    "some_targets": {
        **BUSY,
        "sla": {
            "first_response_minutes": [None, 8, None, 30],
            "resolution_minutes": [15, None, 40, None],
        },
        "queue": {"order": "deadline", "max_open_tickets": 70},
    },
    "no_targets": {**BUSY, "sla": {}},
    "priority_summary_rank": SORTED,
    "priority_abandoning": {**SORTED, **IMPATIENT, "protocol.on_conflict": "next_of_category"},
    "oldest_no_peers": OLDEST,
    "oldest_abandoning": {
        **OLDEST,
        **IMPATIENT,
        "protocol": {"arbitration": "random", "on_conflict": "next_of_category"},
    },
    "memoryless": {**SHORT, "service": {"law": "memoryless", "mean_minutes": 9}},
    "deterministic": {
        **SHORT,
        "service": {"law": "deterministic", "mean_minutes": [4, 5, 6, 7, 8.5]},
    },
    "gamma": {**SHORT, "service": {"law": "gamma", "cv": 1.3, "mean_minutes": 12}},
    "empirical": {
        **SHORT,
        "service": {"law": "empirical", "samples": [1, 2, 3, 20], "mean_minutes": 10},
    },
    "switching": {**BUSY, **PAID, "service.switch_minutes": 2.3},
    "switching_abandoning": {**BUSY, **PAID, **IMPATIENT, "service.switch_minutes": 4.0},
    "concurrent": {
        **BUSY,
        "agents.concurrency": 3,
        "service.concurrency_slowdown": 0.4,
        "service.switch_minutes": 1.5,
    },
    "concurrent_memoryless": {
        **BUSY,
        **IMPATIENT,
        "agents.concurrency": 2,
        "service": {"law": "memoryless", "mean_minutes": 11, "concurrency_slowdown": 0.2},
    },
    "bernoulli": {**SHORT, "arrivals": BERNOULLI},
    "bursty": {**SHORT, "arrivals": BURSTY},
    "bursty_load": {**SHORT, "time.step_minutes": 0.7, "arrivals": {**BURSTY, "load": 1.2}},
    "trace": {**SHORT, "arrivals": replayed(drawn=True)},
    "trace_memoryless": {
        **SHORT,
        "arrivals": replayed(drawn=False),
        "service": {"law": "memoryless", "mean_minutes": 9},
    },
    "abandoning": {**BUSY, **PAID, **IMPATIENT},
    "abandoning_by_category": {
        **BUSY,
        **PAID,
        "patience": {"mean_minutes_by_category": [3, 15, 1, 50, None]},
    },
    "full_desk": {
        **BUSY,
        **PAID,
        "queue.max_open_tickets": 65,
        "arrivals.initial_backlog": 60,
        "arrivals.load": 3.0,
    },
    "full_queues": {**BUSY, **PAID, "queue.max_per_category": 4},
    "business_clock": {
        **BUSY,
        "time.start": {"weekday": "friday", "time": "15:45"},
        "sla.clock": "business",
    },
    "long_steps": {**BUSY, "time.step_minutes": 2.5, "service.switch_minutes": 4.0},
    "warm_up": {
        **BUSY,
        **PAID,
        **IMPATIENT,
        "time.warm_up_steps": 40,
        "queue.max_open_tickets": 70,
    },
    "routing": {**BUSY, "reward": {"preset": "routing"}},
    "within_a_step": {
        **SHORT,
        "exact": True,
        "service": {"law": "lognormal", "cv": 2.0, "mean_minutes": 0.7},
    },
    "everything": {
        **BUSY,
        **PAID,
        **IMPATIENT,
        "time": {
            "horizon_steps": 120,
            "step_minutes": 1.7,
            "warm_up_steps": 13,
            "start": {"weekday": "friday", "time": "15:45"},
        },
        "agents": {"team": UNEVEN},
        "service.switch_minutes": 1.7,
        "service.concurrency_slowdown": 0.3,
        "queue": {"order": "deadline", "max_open_tickets": 65, "max_per_category": 9},
        "sla.clock": "business",
        "protocol": {"arbitration": "longest_idle", "on_conflict": "next_of_category"},
    },
}

# All on auction_desk: a market that stays busy, and where agents are full now and then.
MARKET = {
    **BUSY,
    **PAID,
    **IMPATIENT,
    "time.horizon_steps": 60,
    "service.mean_minutes": 4,
    "reward.weights": {**PAID["reward.weights"], "payment": -1.3},
}
PAYMENTS = {
    "sequential": ("none", "first_price", "second_price"),
    "greedy": ("none", "first_price", "second_price"),
    "optimal": ("none", "first_price", "second_price", "vcg"),
}
# Bids are often multiples of 0.25: they meet one reserve price exactly, and another never.
RESERVES = {"fifo": 0.0, "priority": 0.3, "deadline": 0.25}


def market(clearing: str, payment: str, order: str, **changes: Any) -> dict[str, Any]:
    """A busy auction desk."""
    protocol = {
        "kind": "bid",
        "clearing": clearing,
        "payment": payment,
        "reserve_price": RESERVES[order],
    }
    queue = BY_PRIORITY if order == "priority" else {"queue.order": order}
    return {**MARKET, "protocol": protocol, **queue, **changes}


BIDS: dict[str, dict[str, Any]] = {
    **{
        f"{clearing}_{payment}_{order}": market(clearing, payment, order)
        for clearing, payments in PAYMENTS.items()
        for payment in payments
        for order in RESERVES
    },
    **{
        f"{clearing}_cannot_serve": market(
            clearing,
            "second_price",
            "fifo",
            **{
                "agents": {"count": 10, "generator": "nested"},
                "service.speed": {"at_0": 0.0, "at_1": 1.0},
            },
        )
        for clearing in PAYMENTS
    },
    **{
        f"{clearing}_uneven_team": market(
            clearing,
            "second_price",
            "deadline",
            **{"agents": {"team": UNEVEN}, "service.mean_minutes": 15},
        )
        for clearing in PAYMENTS
    },
}
