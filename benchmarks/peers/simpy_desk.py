"""The M/M/10 desk in SimPy: a process for each ticket, ten agents as a resource."""

import json
import random
import sys

import simpy
from turns import take_turns

desk = json.loads(sys.argv[1])  # agents, and the mean minutes between tickets and of service
TICKETS = 20_000


def play() -> int:
    draws = random.Random(0)
    env = simpy.Environment()
    agents = simpy.Resource(env, capacity=desk["agents"])
    resolved = 0

    def ticket():
        nonlocal resolved
        with agents.request() as accepted:
            yield accepted
            yield env.timeout(draws.expovariate(1 / desk["service_minutes"]))
        resolved += 1

    def arrivals():
        for _ in range(TICKETS):
            yield env.timeout(draws.expovariate(1 / desk["between_minutes"]))
            env.process(ticket())

    env.process(arrivals())
    env.run()
    return resolved


take_turns(play)
