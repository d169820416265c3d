"""Small dynamic desks whose every ticket is given, all of them of the shape of `everything_on`."""

from typing import Any

import numpy as np

from marl_routing.core.batch import Batch
from marl_routing.core.parameters import (
    DEFER,
    ESCALATE,
    RELEASE,
    REQUEST_INFO,
    SWARM,
    TRANSFER,
)
from marl_routing.core.record import NOT_PENDING
from marl_routing.scenario import Scenario, compile_scenario, load_scenario
from tests.oracle.records import held_numbers, open_places

AGENTS = 10
CATEGORIES = ["technical", "billing", "feature_request", "bug_report", "integration"]
PRIORITIES = ["critical", "high", "medium", "low"]
ALWAYS = {"starts": "00:00", "ends": "24:00"}
NONE_COMES_BACK = {"reopen": {"probability": 0, "mean_minutes": 9}}  # keeps the record's shape
VERBS: dict[str, dict[str, Any]] = {
    "escalate": {"cost": 1},
    "defer": {"minutes": 30, "at_most": 2, "cost": 2},
    "swarm": {"cost": 3},
    "request_info": {"mean_minutes": 5, "shrink": 0.5, "cost": 4},
    "release": {"cost": 5},
    "transfer": {"cost": 6},
    "reassign": {"cost": 7},
}
COLUMN = {
    "escalate": ESCALATE,
    "defer": DEFER,
    "swarm": SWARM,
    "request_info": REQUEST_INFO,
    "release": RELEASE,
    "transfer": TRANSFER,
}

Row = dict[str, Any]
Deed = tuple[Any, ...]  # agent, verb, and a ticket's number, a colleague or a team


def row(minute: float, work: float = 10, category: int = 0, priority: int = 3) -> Row:
    """A ticket of the trace; its work in minutes at speed 1."""
    return {
        "time_minutes": minute,
        "work_minutes": work,
        "category": CATEGORIES[category],
        "priority": PRIORITIES[priority],
    }


def crew(
    expertise: dict[int, Any] | None = None, shifts: dict[int, Row] | None = None, **changes: Any
) -> Row:
    """Ten agents who know everything and are always there, but for those named otherwise."""
    knows, there = expertise or {}, shifts or {}
    team = [
        {
            "name": f"agent_{a}",
            "expertise": np.broadcast_to(knows.get(a, 1.0), len(CATEGORIES)).tolist(),
            "shift": there.get(a, ALWAYS),
        }
        for a in range(AGENTS)
    ]
    return {"team": team, "teams": ["even", "odd"], "end_of_shift": "keep", **changes}


def verbs(**changes: Row) -> Row:
    """All verbs, some of them changed."""
    return {**VERBS, **{name: {**VERBS[name], **change} for name, change in changes.items()}}


def by_hand(*rows: Row, **changes: Any) -> Scenario:
    """A desk of these tickets; names of changes have __ for dots."""
    calm: dict[str, Any] = {
        "time": {"horizon_steps": 480, "start": {"time": "09:00"}},
        "arrivals": {"process": "trace", "trace": list(rows)},
        "service": {
            "law": "deterministic",
            "mean_minutes": 10,
            "speed": {"at_0": 0.5, "at_1": 1.0},
        },
        "agents": crew(),
        "sla": {"resolution_minutes": [20, 40, 60, 80], "first_response_minutes": [5, 10, 15, 20]},
        "patience": None,
        "incidents": NONE_COMES_BACK,
        "protocol": {"verbs": VERBS},
        "queue.order": "fifo",
        "reward": {"sharing": 0, "weights": {"operation": -1, "waiting": 0}},
    }
    changes = {name.replace("__", "."): value for name, value in changes.items()}
    return load_scenario("everything_on", **calm | changes)


class Desk:
    """One such desk, and what its agents do by name."""

    def __init__(self, *rows: Row, **changes: Any) -> None:
        self.batch = Batch(compile_scenario(by_hand(*rows, **changes)), autoreset=False)
        self.batch.reset(0)

    @property
    def clock(self) -> int:
        """Steps played."""
        return int(self.batch.states["step"][0])

    @property
    def metrics(self) -> dict[str, Any]:
        """The KPIs so far."""
        return self.batch.metrics()

    def ticket(self, number: int) -> dict[str, Any]:
        """An open ticket: all its fields."""
        state = self.batch.states[0]
        place = open_places(state)[number]
        rows = (state["tickets"][place], state["life"][place])
        return {name: row[name] for row in rows for name in row.dtype.names}

    def index(self, number: int) -> int:
        """Its place in the record."""
        return open_places(self.batch.states[0])[number]

    def is_open(self, number: int) -> bool:
        """Whether it is on the desk."""
        return number in open_places(self.batch.states[0])

    def is_pending(self, number: int) -> bool:
        """Whether it waits for its customer."""
        return bool(self.ticket(number)["pending"] != NOT_PENDING)

    def held(self, agent: int) -> list[int]:
        """Numbers of an agent's tickets."""
        return held_numbers(self.batch.states[0])[agent]

    def helps(self, agent: int) -> bool:
        """Whether the agent helps a colleague."""
        return bool(self.batch.states["helping"][0, agent] >= 0)

    def term(self, name: str) -> list[float]:
        """A raw reward term of the last step, by agent."""
        values: list[float] = self.batch.terms()[name][0].tolist()
        return values

    def action(self, verb: str, target: int = 0) -> int:
        """The column of the mask."""
        if verb in ("accept", "escalate", "defer"):
            target = self.batch.view().number[0].tolist().index(target)
        if verb == "accept":
            return 1 + target
        return int(self.batch.rules.desk[0]["verb_at"][COLUMN[verb]]) + target

    def may(self, agent: int, verb: str, target: int = 0) -> bool:
        """Whether the mask allows it."""
        return bool(self.batch.action_masks[0, agent, self.action(verb, target)])

    def play(self, *deeds: Deed) -> None:
        """One step; who is not named passes."""
        actions = np.zeros((1, AGENTS), np.int32)
        for agent, *deed in deeds:
            actions[0, agent] = self.action(*deed)
        self.batch.step(actions)

    def run(self, steps: int) -> None:
        """Let time pass."""
        for _ in range(steps):
            self.play()

    def run_until_resolved(self, number: int) -> int:
        """The clock at which a ticket is open no longer."""
        while self.is_open(number):
            assert self.clock < 480, "never resolved"
            self.play()
        return self.clock

    def run_until_back(self, number: int) -> int:
        """The clock at which its customer has answered."""
        while self.is_pending(number):
            self.play()
        return self.clock
