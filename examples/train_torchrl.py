"""MAPPO in TorchRL: one policy for all agents, one critic that sees the whole desk.

Needs the extra `libraries`. The default is tiny, to be seen running; give --steps 1000000 to learn.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from tensordict.nn import TensorDictModule
from torch import nn
from torchrl.collectors import Collector
from torchrl.modules import MLP, MaskedCategorical, ProbabilisticActor
from torchrl.objectives import ClipPPOLoss
from torchrl.objectives.value import GAE

from marl_routing.evaluation.seeds import TRAINING
from marl_routing.training.adapters import TorchRLEnv
from marl_routing.training.trial import Trained, trial

DESKS, ROLLOUT, EPOCHS, MINIBATCHES = 32, 32, 4, 4
REWARD_SCALE = 0.05  # raw costs are too large for a critic
NET = {"num_cells": [64, 64], "activation_class": nn.Tanh}
OBSERVATION, LOGITS = ("agents", "observation"), ("agents", "logits")
KEYS = {
    name: ("agents", name) for name in ("reward", "done", "terminated", "advantage", "value_target")
} | {"value": ("agents", "state_value")}


def networks(env: TorchRLEnv) -> tuple[ProbabilisticActor, TensorDictModule]:
    """The policy of every agent, and the critic: a value an agent, from the desk's state."""
    specs, agents = env.observation_spec, env.desks.num_agents
    actions = specs["agents", "action_mask"].shape[-1]
    scores = MLP(specs[OBSERVATION].shape[-1], actions, **NET)
    actor = ProbabilisticActor(
        TensorDictModule(scores, [OBSERVATION], [LOGITS]),
        in_keys={"logits": LOGITS, "mask": ("agents", "action_mask")},
        out_keys=[("agents", "action")],
        distribution_class=MaskedCategorical,
        return_log_prob=True,
    )
    values = nn.Sequential(MLP(specs["state"].shape[-1], agents, **NET), nn.Unflatten(-1, (-1, 1)))
    return actor, TensorDictModule(values, ["state"], [KEYS["value"]])


def train(scenario: str, steps: int) -> Trained:
    torch.manual_seed(0)
    env = TorchRLEnv(scenario, DESKS, seed=TRAINING)
    actor, critic = networks(env)
    frames = max(1, steps // (DESKS * ROLLOUT * env.desks.num_agents)) * DESKS * ROLLOUT
    collector = Collector(
        env,
        actor,
        frames_per_batch=DESKS * ROLLOUT,
        total_frames=frames,
        auto_register_policy_transforms=True,
    )
    advantages = GAE(gamma=0.99, lmbda=0.95, value_network=critic, average_gae=True)
    loss = ClipPPOLoss(actor, critic, entropy_coeff=0.003)
    advantages.set_keys(**KEYS)
    loss.set_keys(
        **KEYS, action=("agents", "action"), sample_log_prob=("agents", "action_log_prob")
    )
    optimizer = torch.optim.Adam(loss.parameters(), lr=1e-3)
    for seen in collector:  # (DESKS, ROLLOUT) steps
        seen["next", "agents", "reward"] *= REWARD_SCALE
        with torch.no_grad():
            advantages(seen)
        for _ in range(EPOCHS):
            for part in torch.randperm(seen.numel()).chunk(MINIBATCHES):
                found = loss(seen.flatten()[part])
                optimizer.zero_grad()
                (found["loss_objective"] + found["loss_critic"] + found["loss_entropy"]).backward()
                nn.utils.clip_grad_norm_(loss.parameters(), 0.5)
                optimizer.step()
    collector.shutdown()

    def choose(rows: NDArray[np.float32], masks: NDArray[np.int8]) -> NDArray[np.int64]:
        with torch.no_grad():
            logits = actor[0].module(torch.from_numpy(rows))
        return logits.masked_fill(torch.from_numpy(masks == 0), -torch.inf).argmax(1).numpy()

    return Trained(frames * env.desks.num_agents, choose)


if __name__ == "__main__":
    trial(train, __doc__)
