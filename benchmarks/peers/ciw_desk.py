"""The M/M/10 desk in Ciw: one node with ten servers."""

import json
import sys

import ciw
from turns import take_turns

desk = json.loads(sys.argv[1])  # agents, and the mean minutes between tickets and of service
TICKETS = 5_000

network = ciw.create_network(
    arrival_distributions=[ciw.dists.Exponential(1 / desk["between_minutes"])],
    service_distributions=[ciw.dists.Exponential(1 / desk["service_minutes"])],
    number_of_servers=[desk["agents"]],
)


def play() -> int:
    ciw.seed(0)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(TICKETS, method="Finish")
    return TICKETS


take_turns(play)
