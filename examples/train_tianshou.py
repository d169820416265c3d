"""PPO in Tianshou: one policy for all agents, with masks, on many desks at once.

Needs the extra `libraries`. The default is tiny, to be seen running; give --steps 1000000 to learn.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tianshou.algorithm import PPO
from tianshou.algorithm.modelfree.reinforce import ProbabilisticActorPolicy
from tianshou.algorithm.optim import AdamOptimizerFactory
from tianshou.data import Batch, Collector, VectorReplayBuffer
from tianshou.trainer import OnPolicyTrainerParams
from torch import Tensor, nn
from torch.distributions import Categorical

from marl_routing.evaluation.seeds import TRAINING
from marl_routing.training.adapters import TianshouVectorEnv
from marl_routing.training.trial import Trained, trial

DESKS, ROLLOUT = 32, 32


class Net(nn.Module):
    """Numbers from a row's observation; where they are logits of actions, illegal ones get none."""

    def __init__(self, width: int, outputs: int, masked: bool) -> None:
        super().__init__()
        sizes = [nn.Linear(width, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh()]
        self.layers, self.masked = nn.Sequential(*sizes, nn.Linear(64, outputs)), masked

    def forward(self, rows: Batch, state: Any = None, info: Any = None) -> Any:
        """Logits and a state that is not used, as Tianshou wants them of a policy; or values."""
        numbers: Tensor = self.layers(torch.as_tensor(rows.obs))
        if not self.masked:
            return numbers
        return numbers.masked_fill(~torch.as_tensor(rows.mask), -1e9), state


def train(scenario: str, steps: int) -> Trained:
    torch.manual_seed(0)
    np.random.seed(0)  # noqa: NPY002  (Tianshou shuffles with it)
    env = TianshouVectorEnv(scenario, DESKS)
    env.seed(TRAINING)
    actions, (width,) = env.action_space[0], env.observation_space[0].shape
    actor = Net(width, int(actions.n), masked=True)
    policy = ProbabilisticActorPolicy(
        actor=actor,
        dist_fn=lambda logits: Categorical(logits=logits),
        action_space=actions,
        action_scaling=False,
    )
    algorithm = PPO(
        policy=policy,
        critic=Net(width, 1, masked=False),
        optim=AdamOptimizerFactory(lr=1e-3),
        ent_coef=0.003,
        max_grad_norm=0.5,
        return_scaling=True,  # raw costs are too large for a critic
    )
    rollout = len(env) * ROLLOUT
    collector = Collector(algorithm, env, VectorReplayBuffer(rollout, len(env)))
    steps = max(1, steps // rollout) * rollout
    algorithm.run_training(
        OnPolicyTrainerParams(
            training_collector=collector,
            max_epochs=1,
            epoch_num_steps=steps,
            collection_step_num_env_steps=rollout,
            batch_size=rollout // 4,
            update_step_num_repetitions=4,
            verbose=False,
            show_progress=False,
        )
    )

    def choose(rows: NDArray[np.float32], masks: NDArray[np.int8]) -> NDArray[np.int64]:
        with torch.no_grad():
            logits, _ = actor(Batch(obs=rows, mask=masks != 0))
        return logits.argmax(dim=1).numpy()

    return Trained(collector.collect_step, choose)


if __name__ == "__main__":
    trial(train, __doc__)
