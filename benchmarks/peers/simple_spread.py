"""mpe2's simple_spread with 10 agents through PettingZoo's parallel interface, random actions."""

import numpy as np
from mpe2 import simple_spread_v3
from turns import take_turns

AGENTS, STEPS = 10, 200

env = simple_spread_v3.parallel_env(N=AGENTS, max_cycles=STEPS)
draws = np.random.default_rng(0).integers(5, size=(STEPS, AGENTS)).tolist()
tape = [dict(zip(env.possible_agents, row, strict=True)) for row in draws]


def play() -> int:
    env.reset(seed=0)
    for actions in tape:
        env.step(actions)
    return STEPS * AGENTS


take_turns(play)
