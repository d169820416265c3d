"""Train PPO of Stable-Baselines3 on PettingZoo's desk, through SuperSuit's own chain.

Needs the extra `train`. The default is tiny, to be seen running; give --steps 1000000 to learn.
`train_shared_policy.py` does the same with masks, and faster, without SuperSuit.
"""

import numpy as np
from numpy.typing import NDArray
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecMonitor, VecNormalize

from marl_routing.evaluation.seeds import TRAINING
from marl_routing.training.adapters import supersuit_vec_env
from marl_routing.training.trial import Trained, trial

DESKS = 16


def train(scenario: str, steps: int) -> Trained:
    env = VecMonitor(supersuit_vec_env(scenario, DESKS))
    env = VecNormalize(env, norm_obs=False)  # raw costs are too large for a critic
    model = PPO("MlpPolicy", env, n_steps=64, batch_size=512, seed=TRAINING, device="cpu")
    model.learn(steps)

    def choose(rows: NDArray[np.float32], _: NDArray[np.int8]) -> NDArray[np.int64]:
        return model.predict(rows, deterministic=True)[0]

    return Trained(model.num_timesteps, choose)


if __name__ == "__main__":
    trial(train, __doc__)
