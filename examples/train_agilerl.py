"""Train one policy for all agents with AgileRL's PPO and action masks, and compare it with chance.

Needs an environment of its own: docs/compatibility.md. The default is tiny, to be seen running;
give --steps 1000000 to learn.
"""

import numpy as np
import torch
from agilerl.algorithms import PPO
from agilerl.rollouts.on_policy import collect_rollouts
from gymnasium.wrappers.vector import NormalizeReward
from numpy.typing import NDArray

from marl_routing.evaluation.seeds import TRAINING
from marl_routing.training.trial import Trained, trial
from marl_routing.vector import SharedPolicyVectorEnv

DESKS, ROLLOUT = 16, 64
LAST = ("last_obs", "last_done", "last_scores", "last_info")  # where the next rollout goes on


def train(scenario: str, steps: int) -> Trained:
    """A row an agent, so that all agents learn from what each of them sees."""
    env = SharedPolicyVectorEnv(scenario, DESKS)
    env.reset(seed=TRAINING)
    rewards = NormalizeReward(env, gamma=0.99)  # AgileRL's critic cannot follow raw costs
    torch.manual_seed(0)
    np.random.seed(0)  # noqa: NPY002  (AgileRL shuffles with it)
    learner = PPO(
        env.single_observation_space,
        env.single_action_space,
        num_envs=env.num_envs,
        learn_step=ROLLOUT * env.num_envs,
        batch_size=512,
        lr=1e-3,
        share_encoders=False,
    )
    trained, last = 0, {}
    while trained < steps:
        _, *at = collect_rollouts(learner, rewards, ROLLOUT, **last)
        last = dict(zip(LAST, at, strict=True))
        learner.learn()
        trained += learner.learn_step
    learner.set_training_mode(False)

    def choose(rows: NDArray[np.float32], masks: NDArray[np.int8]) -> NDArray[np.int64]:
        return learner.get_action(rows, action_mask=masks)[0]

    return Trained(trained, choose)


if __name__ == "__main__":
    trial(train, __doc__)
