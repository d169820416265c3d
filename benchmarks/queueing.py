"""A plain M/M/10 desk, in tickets a second: what discrete-event simulators are made for.

Ten agents, exponential times, first come first served, 80 % busy. Ours moves in steps of a quarter
of the mean service (`ten_agents` of tests/theory/exact_desks.json, which it reproduces); SimPy and
Ciw move from event to event.
"""

import json

from benchmarks.contender import Contender
from benchmarks.desks import SEED
from marl_routing import Scenario, load_scenario
from marl_routing.evaluation import rollout
from marl_routing.policies import load_policy

EPISODES, STEPS = 16, 4800
DESK = {"agents": 10, "between_minutes": 0.5, "service_minutes": 4.0}


def as_argument() -> str:
    """The desk, as its peers read it."""
    return json.dumps(DESK)


def scenario() -> Scenario:
    """The desk as one of ours, with the smallest observation."""
    agents = int(DESK["agents"])
    return load_scenario(
        {
            "name": "mm10",
            "exact": True,
            "time": {"step_minutes": 1, "horizon_steps": STEPS},
            "categories": ["any"],
            "priorities": ["any"],
            "arrivals": {"process": "poisson", "rate_per_hour": 60 / DESK["between_minutes"]},
            "service": {"law": "memoryless", "minutes": [[DESK["service_minutes"]]] * agents},
            "agents": {"count": agents, "capacity": 1},
            "queue": {"max_open_tickets": 128, "window": "oldest"},
            "observation": {"peers": "none", "identity": "rank"},
        }
    )


def whole_episodes() -> Contender:
    """Tickets resolved while a rule plays whole episodes: like its peers, it decides who serves."""
    desk, rule = scenario(), load_policy("fcfs_longest_idle")
    tickets = sum(kpis["resolved"] for kpis in rollout(desk, rule, EPISODES, SEED))
    return Contender(tickets, lambda: rollout(desk, rule, EPISODES, SEED))
