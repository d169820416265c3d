"""Train one policy for all agents with BenchMARL's MAPPO, IPPO or QMIX, and compare it with chance.

Needs an environment of its own: docs/compatibility.md. The default is tiny, to be seen running;
give --steps 1000000 to learn.
"""

import tempfile

import numpy as np
import torch
from benchmarl.algorithms import IppoConfig, MappoConfig, QmixConfig
from benchmarl.experiment import Experiment, ExperimentConfig
from benchmarl.models.mlp import MlpConfig
from numpy.typing import NDArray
from tensordict import TensorDict
from torchrl.envs.utils import ExplorationType, set_exploration_type

from marl_routing.scenario import compile_scenario, load_scenario
from marl_routing.training.adapters import BenchmarlTask
from marl_routing.training.trial import Trained, trial

ALGORITHMS = {"mappo": MappoConfig, "ippo": IppoConfig, "qmix": QmixConfig}
DESKS, ROLLOUT = 16, 16


def settings(frames: int, folder: str) -> ExperimentConfig:
    config = ExperimentConfig.get_from_yaml()
    config.max_n_frames, config.save_folder = frames, folder
    config.loggers, config.create_json, config.evaluation = [], False, False
    config.lr, config.polyak_tau = 3e-4, 0.02  # with more, QMIX diverges
    config.on_policy_n_envs_per_worker = config.off_policy_n_envs_per_worker = DESKS
    config.on_policy_collected_frames_per_batch = DESKS * ROLLOUT * 4
    config.on_policy_n_minibatch_iters, config.on_policy_minibatch_size = 4, DESKS * ROLLOUT
    config.off_policy_collected_frames_per_batch = DESKS * ROLLOUT
    config.off_policy_n_optimizer_steps, config.off_policy_memory_size = 8, 50_000
    return config


def train(scenario: str, steps: int, algorithm: str) -> Trained:
    """BenchMARL counts the steps of desks."""
    network = MlpConfig.get_from_yaml()
    network.num_cells = [64, 64]
    agents = compile_scenario(load_scenario(scenario)).sizes.agents
    with tempfile.TemporaryDirectory() as folder:
        experiment = Experiment(
            task=BenchmarlTask(scenario),
            algorithm_config=ALGORITHMS[algorithm].get_from_yaml(),
            model_config=network,
            seed=0,
            config=settings(steps // agents, folder),
        )
        experiment.run()
    policy = experiment.group_policies["agents"]

    def choose(rows: NDArray[np.float32], masks: NDArray[np.int8]) -> NDArray[np.int64]:
        seen = {"observation": torch.tensor(rows), "action_mask": torch.tensor(masks) != 0}
        desks = TensorDict({"agents": TensorDict(seen, [len(rows)]).reshape(-1, agents)})
        with torch.no_grad(), set_exploration_type(ExplorationType.DETERMINISTIC):
            return policy(desks)["agents", "action"].flatten().numpy()

    return Trained(experiment.total_frames * agents, choose)


if __name__ == "__main__":
    trial(train, __doc__, algorithm=list(ALGORITHMS))
