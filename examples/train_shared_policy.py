"""Train one policy for all agents with MaskablePPO, and compare it with chance on the same tickets.

Needs the extra `train`. The default is tiny, to be seen running; give --steps 1000000 to learn.
"""

import numpy as np
from numpy.typing import NDArray
from sb3_contrib import MaskablePPO
from stable_baselines3.common.vec_env import VecMonitor

from marl_routing.evaluation.seeds import TRAINING
from marl_routing.training.trial import Trained, trial
from marl_routing.vector import SharedPolicyVecEnv

DESKS = 16


def train(scenario: str, steps: int) -> Trained:
    """A row an agent, so that all agents learn from what each of them sees."""
    env = VecMonitor(SharedPolicyVecEnv(scenario, DESKS))
    model = MaskablePPO("MlpPolicy", env, n_steps=64, batch_size=512, seed=TRAINING, device="cpu")
    model.learn(steps)

    def choose(rows: NDArray[np.float32], masks: NDArray[np.int8]) -> NDArray[np.int64]:
        return model.predict(rows, action_masks=masks, deterministic=True)[0]

    return Trained(model.num_timesteps, choose)


if __name__ == "__main__":
    trial(train, __doc__)
