"""Train one policy for all agents with MaskablePPO, and compare it with chance on the same tickets.

Needs the extra `train`. The default is tiny, to be seen running; give --steps 1000000 to learn.
"""

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sb3_contrib import MaskablePPO
from stable_baselines3.common.vec_env import VecMonitor

from marl_routing.evaluation.seeds import TEST, TRAINING
from marl_routing.vector import SharedPolicyVecEnv

DESKS = 16
Observations, Masks = NDArray[np.float32], NDArray[np.int8]
Chooser = Callable[[Observations, Masks], NDArray[np.int64]]


def train(scenario: str, steps: int) -> MaskablePPO:
    """A row an agent, so that all agents learn from what each of them sees."""
    env = VecMonitor(SharedPolicyVecEnv(scenario, DESKS))
    model = MaskablePPO("MlpPolicy", env, n_steps=64, batch_size=512, seed=TRAINING, device="cpu")
    return model.learn(steps)


def evaluate(scenario: str, choose: Chooser) -> float:
    """The mean reward of a desk's day."""
    env = SharedPolicyVecEnv(scenario, DESKS)
    env.seed(TEST)
    observations, total, over = env.reset(), 0.0, False
    while not over:
        actions = choose(observations, env.action_masks())
        observations, rewards, dones, _ = env.step(actions)
        total, over = total + float(rewards.sum()), bool(dones.all())
    return total / DESKS


def main(scenario: str, steps: int) -> None:
    model, rng = train(scenario, steps), np.random.default_rng(0)

    def at_random(_: Observations, masks: Masks) -> NDArray[np.int64]:
        return (rng.random(masks.shape) * masks).argmax(axis=1)

    def learned(observations: Observations, masks: Masks) -> NDArray[np.int64]:
        return model.predict(observations, action_masks=masks, deterministic=True)[0]

    print(f"reward of a day at random: {evaluate(scenario, at_random):.0f}")
    print(f"after {model.num_timesteps} agent-steps: {evaluate(scenario, learned):.0f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="small_desk")
    parser.add_argument("--steps", type=int, default=4096, help="agent-steps to train on")
    arguments = parser.parse_args()
    main(arguments.scenario, arguments.steps)
