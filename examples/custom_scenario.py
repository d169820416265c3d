"""A desk of one's own: change a shipped one, write a new one, register it, use it by name."""

import tempfile
from pathlib import Path

from marl_routing import load_scenario, register_scenario, ticket_routing_v0
from marl_routing.evaluation import compare

DESK = """
name: bakery_hotline
description: Three people answer questions about bread and about invoices.
time: {step_minutes: 1, horizon_steps: 240}
categories: [bread, invoices]
priorities: [urgent, normal]
arrivals: {process: poisson, load: 0.8, category_mix: [2, 1]}
service:
  minutes: [[5, 9], [6, 12], [0, 8]]   # per agent and category; 0: cannot serve
agents:
  team: [{name: Ada}, {name: Ben}, {name: Cleo}]
sla: {resolution_minutes: [20, 60]}
"""


def main() -> None:
    busier = load_scenario("saas_balanced", **{"arrivals.load": 0.95})
    print(busier.name, "at load", busier.arrivals.load)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bakery_hotline.yaml"
        path.write_text(DESK)
        register_scenario(path)
    env = ticket_routing_v0.parallel_env(scenario="bakery_hotline")
    print(env.action_meanings("agent_0"))
    print(compare("bakery_hotline", ["fcfs_longest_idle", "hungarian"], episodes=20).headline())


if __name__ == "__main__":
    main()
