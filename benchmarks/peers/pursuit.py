"""PettingZoo's pursuit (SISL) with 8 pursuers through the parallel interface, random actions."""

import numpy as np
from pettingzoo.sisl import pursuit_v5
from turns import take_turns

STEPS = 100

env = pursuit_v5.parallel_env(max_cycles=STEPS)
draws = np.random.default_rng(0).integers(5, size=(STEPS, len(env.possible_agents))).tolist()
tape = [dict(zip(env.possible_agents, row, strict=True)) for row in draws]


def play() -> int:
    env.reset(seed=0)
    steps = 0
    for actions in tape:
        if env.agents:  # all evaders may be caught before
            steps += len(env.agents)
            env.step(actions)
    return steps


take_turns(play)
