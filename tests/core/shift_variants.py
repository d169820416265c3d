"""Changes of saas_balanced under which agents come and go."""

from typing import Any

from tests.core.variants import BUSY, BY_PRIORITY, CALM, IMPATIENT, PAID, UNEVEN

# From 09:00 on a Monday agents come and go at 09:15, 09:20, 09:30 ... until 10:50.
SHIFTS = [
    {"starts": "08:00", "ends": "09:50", "breaks": [{"starts": "09:20", "ends": "09:30"}]},
    {"starts": "09:15", "ends": "10:40", "breaks": [{"starts": "10:00", "ends": "10:07"}]},
    {"days": ["sunday"], "starts": "22:00", "ends": "09:35"},
    {"days": ["monday", "friday"], "starts": "09:50", "ends": "09:10"},
    {"days": ["tuesday"], "starts": "08:00", "ends": "17:00"},
    {
        "starts": "00:00",
        "ends": "24:00",
        "breaks": [{"starts": "09:01", "ends": "09:41"}, {"starts": "10:50", "ends": "00:30"}],
    },
    {"days": ["sunday", "monday"], "starts": "24:00", "ends": "24:00"},
]


def in_shifts(end_of_shift: str, **changes: Any) -> dict[str, Any]:
    """A busy desk whose agents come and go."""
    shifts = {"agents.shifts": SHIFTS, "agents.end_of_shift": end_of_shift}
    return {**BUSY, **PAID, "service.switch_minutes": 2.3, **shifts, **changes}


SHIFT_VARIANTS: dict[str, dict[str, Any]] = {
    **{
        f"hand_over_{arbitration}": in_shifts(
            "hand_over", **{"protocol.arbitration": arbitration, **IMPATIENT}
        )
        for arbitration in ("expertise", "least_loaded", "longest_idle", "random")
    },
    **{
        f"{end_of_shift}_{order}": in_shifts(end_of_shift, **{"queue.order": order, **IMPATIENT})
        for end_of_shift in ("keep", "requeue")
        for order in ("fifo", "deadline")
    },
    **{
        f"{end_of_shift}_priority_rank": in_shifts(
            end_of_shift, **BY_PRIORITY, **{"time.warm_up_steps": 40}
        )
        for end_of_shift in ("hand_over", "requeue")
    },
    **{
        f"{end_of_shift}_oldest": in_shifts(
            end_of_shift, **BY_PRIORITY, **IMPATIENT, **{"protocol.arbitration": "random"}
        )
        for end_of_shift in ("hand_over", "requeue")
    },
    "keep_concurrent": in_shifts("keep", **{"agents.concurrency": 2}),
    "hand_over_concurrent": in_shifts(
        "hand_over",
        **{"agents.concurrency": 2, "agents.capacity": 10, "service.concurrency_slowdown": 0.4},
    ),
    "hand_over_when_idle": in_shifts(
        "hand_over", **{**CALM, "protocol.arbitration": "longest_idle"}
    ),
    "hand_over_cannot_serve": in_shifts(
        "hand_over",
        **{
            "agents.generator": "nested",
            "service.speed": {"at_0": 0.0, "at_1": 1.0},
            "protocol.arbitration": "least_loaded",
        },
    ),
    "requeue_beyond_caps": in_shifts(
        "requeue", **{"queue.max_per_category": 4, "queue.max_open_tickets": 65}
    ),
    "days_off": in_shifts(
        "hand_over",
        **{"agents.shifts": [], "agents.absence": 0.5, "time.start.time": "23:10"},
    ),
    "days_off_and_shifts": in_shifts(
        "requeue", **{"agents.absence": 0.3, "time.step_minutes": 30.1, "exact": True}
    ),
    "shifts_of_a_listed_team": in_shifts(
        "hand_over",
        **{
            "agents": {
                "team": [
                    agent | ({"shift": SHIFTS[a % 4]} if a % 3 else {})
                    for a, agent in enumerate(UNEVEN)
                ],
                "shifts": SHIFTS[4:],
                "end_of_shift": "hand_over",
            },
            "protocol": {"arbitration": "longest_idle", "on_conflict": "next_of_category"},
            "queue.order": "fifo",
            **IMPATIENT,
        },
    ),
}
