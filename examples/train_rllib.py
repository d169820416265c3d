"""Train one policy for all agents with RLlib's PPO and action masks, and compare it with chance.

Needs an environment of its own: docs/compatibility.md. The default is tiny, to be seen running;
give --steps 1000000 to learn. Where RAY_ADDRESS names a cluster, all its processors play desks.
"""

import numpy as np
import ray
import torch
from numpy.typing import NDArray
from ray.rllib.algorithms.ppo import PPOConfig
from ray.rllib.core.rl_module.multi_rl_module import MultiRLModuleSpec
from ray.rllib.core.rl_module.rl_module import RLModuleSpec
from ray.rllib.examples.rl_modules.classes.action_masking_rlm import ActionMaskingTorchRLModule

from marl_routing import load_scenario
from marl_routing.evaluation.seeds import TRAINING
from marl_routing.training.adapters import RllibDesk
from marl_routing.training.trial import Trained, trial

SHARED = "shared"  # the one policy of all agents
DESKS = 8  # of each runner


def config(scenario: str, runners: int) -> PPOConfig:
    network = RLModuleSpec(
        module_class=ActionMaskingTorchRLModule,
        model_config={"fcnet_hiddens": [64, 64], "fcnet_activation": "tanh"},
    )
    return (
        PPOConfig()
        .environment(RllibDesk, env_config={"scenario": load_scenario(scenario)})
        .env_runners(num_env_runners=runners, num_envs_per_env_runner=DESKS)
        .multi_agent(policies={SHARED}, policy_mapping_fn=lambda agent, episode: SHARED)
        .rl_module(rl_module_spec=MultiRLModuleSpec(rl_module_specs={SHARED: network}))
        .training(
            lr=1e-3,
            gamma=0.99,
            lambda_=0.95,
            train_batch_size_per_learner=1024,  # steps of desks; of agents there are more
            minibatch_size=256,
            num_epochs=4,
            vf_clip_param=float(
                "inf"
            ),  # returns are large: RLlib's 10 would leave the critic blind
        )
        .debugging(seed=TRAINING)
    )


def train(scenario: str, steps: int) -> Trained:
    """The processors play desks, all but the learner's."""
    runners = int(ray.cluster_resources()["CPU"]) - 1
    algorithm, trained = config(scenario, runners).build_algo(), 0
    while trained < steps:
        sampled = algorithm.train()["env_runners"]["num_module_steps_sampled_lifetime"]
        trained = int(sampled[SHARED])
    network = algorithm.get_module(SHARED)
    algorithm.stop()

    def choose(rows: NDArray[np.float32], masks: NDArray[np.int8]) -> NDArray[np.int64]:
        seen = {"observations": torch.tensor(rows), "action_mask": torch.tensor(masks)}
        with torch.no_grad():
            return network.forward_inference({"obs": seen})["action_dist_inputs"].argmax(1).numpy()

    return Trained(trained, choose)


if __name__ == "__main__":
    ray.init(log_to_driver=False)
    trial(train, __doc__, steps=16_384)
