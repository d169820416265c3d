"""VMAS's simple_spread, 3 agents in each of 4096 worlds, on the CPU, random actions."""

import torch
import vmas
from turns import take_turns

WORLDS, AGENTS, STEPS = 4096, 3, 25

torch.set_num_threads(1)
torch.manual_seed(0)
env = vmas.make_env("simple_spread", WORLDS, device="cpu", continuous_actions=False, seed=0)
tape = [[torch.randint(5, (WORLDS, 1)) for _ in range(AGENTS)] for _ in range(STEPS)]


def play() -> int:
    env.reset(seed=0)
    for actions in tape:
        env.step(actions)
    return STEPS * WORLDS * AGENTS


take_turns(play)
