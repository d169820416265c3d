"""PPO in one file, as CleanRL writes it: one masked policy for all agents, on many desks at once.

Needs the extra `train`. The default is tiny, to be seen running; give --steps 1000000 to learn.
After ppo.py of CleanRL (Huang et al. 2022, https://github.com/vwxyzjn/cleanrl). What is behind
`marl-routing train` learns more: its critic sees the whole desk, its network each ticket.
"""

import numpy as np
import torch
from gymnasium.wrappers.vector import NormalizeReward
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.distributions import Categorical

from marl_routing.evaluation.seeds import TRAINING
from marl_routing.training.trial import Trained, trial
from marl_routing.vector import SharedPolicyVectorEnv

DESKS = 32
ROLLOUT = 32  # steps between updates
EPOCHS, MINIBATCHES = 4, 4
LEARNING_RATE = 1e-3  # at the beginning; it fades to 0
GAMMA, GAE_LAMBDA = 0.99, 0.95
CLIP, ENTROPY, VALUE, LARGEST_GRADIENT = 0.2, 0.003, 0.5, 0.5


def layer(inputs: int, outputs: int, scale: float = 2**0.5) -> nn.Linear:
    made = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(made.weight, scale)
    nn.init.zeros_(made.bias)
    return made


def network(inputs: int, outputs: int, scale: float) -> nn.Sequential:
    hidden = layer(inputs, 64), nn.Tanh(), layer(64, 64), nn.Tanh()
    return nn.Sequential(*hidden, layer(64, outputs, scale))


class Agent(nn.Module):
    """What every row does, and what it expects."""

    def __init__(self, width: int, actions: int) -> None:
        super().__init__()
        self.actor, self.critic = network(width, actions, 0.01), network(width, 1, 1.0)

    def choice(self, rows: Tensor, masks: Tensor) -> Categorical:
        """Of each row; what its mask forbids has no chance."""
        return Categorical(logits=self.actor(rows).masked_fill(masks == 0, -1e9))

    def value(self, rows: Tensor) -> Tensor:
        """(rows,)."""
        return self.critic(rows).squeeze(-1)


class Rollout:
    """ROLLOUT steps of all rows: what was seen and done, and what came of it."""

    def __init__(self, rows: int, width: int, actions: int) -> None:
        shape = (ROLLOUT, rows)
        self.seen, self.masks = torch.zeros(*shape, width), torch.zeros(*shape, actions)
        self.actions = torch.zeros(shape, dtype=torch.long)
        self.log_probs, self.rewards, self.values, self.ahead = torch.zeros(4, *shape)
        self.ended = torch.zeros(shape)

    def advantages(self) -> Tensor:
        """Generalised advantages (Schulman et al. 2016); an end cuts no value off."""
        surprise = self.rewards + GAMMA * self.ahead - self.values
        advantages, later = torch.zeros_like(surprise), torch.zeros_like(surprise[0])
        for step in reversed(range(ROLLOUT)):
            later = surprise[step] + GAMMA * GAE_LAMBDA * (1 - self.ended[step]) * later
            advantages[step] = later
        return advantages


@torch.no_grad()
def collect(
    envs: NormalizeReward, agent: Agent, into: Rollout, rows: Tensor, masks: Tensor
) -> tuple[Tensor, Tensor]:
    """Play on from observations and masks; those at which the next rollout begins."""
    for step in range(ROLLOUT):
        choice = agent.choice(rows, masks)
        actions = choice.sample()
        into.seen[step], into.masks[step], into.actions[step] = rows, masks, actions
        into.log_probs[step], into.values[step] = choice.log_prob(actions), agent.value(rows)
        observations, rewards, _, ended, infos = envs.step(actions.numpy())
        rows, masks = torch.from_numpy(observations), torch.from_numpy(infos["action_mask"])
        into.rewards[step], into.ended[step] = torch.from_numpy(rewards), torch.from_numpy(ended)
        reached = rows
        if ended.any():  # all rows together: what they saw last stands apart
            reached = torch.from_numpy(np.stack(infos["final_obs"]))
        into.ahead[step] = agent.value(reached)
    return rows, masks


def losses(agent: Agent, seen: Rollout, advantages: Tensor, part: Tensor) -> Tensor:
    """Of some of the rollout's decisions, flat."""
    choice = agent.choice(seen.seen.flatten(0, 1)[part], seen.masks.flatten(0, 1)[part])
    log_prob = choice.log_prob(seen.actions.flatten()[part])
    ratio = (log_prob - seen.log_probs.flatten()[part]).exp()
    gain = advantages.flatten()[part]
    returns = gain + seen.values.flatten()[part]
    gain = (gain - gain.mean()) / (gain.std() + 1e-8)
    policy = -torch.minimum(ratio * gain, ratio.clamp(1 - CLIP, 1 + CLIP) * gain).mean()
    value = (agent.value(seen.seen.flatten(0, 1)[part]) - returns).pow(2).mean()
    return policy + VALUE * value - ENTROPY * choice.entropy().mean()


def train(scenario: str, steps: int) -> Trained:
    torch.manual_seed(0)
    desks = SharedPolicyVectorEnv(scenario, DESKS, autoreset_mode="SameStep")
    envs = NormalizeReward(desks, GAMMA)  # raw costs are too large for a critic
    width, actions = envs.single_observation_space.shape[0], int(envs.single_action_space.n)
    agent, seen = Agent(width, actions), Rollout(envs.num_envs, width, actions)
    optimizer = torch.optim.Adam(agent.parameters(), lr=LEARNING_RATE, eps=1e-5)
    observations, infos = envs.reset(seed=TRAINING)
    rows, masks = torch.from_numpy(observations), torch.from_numpy(infos["action_mask"])
    updates = max(1, steps // (ROLLOUT * envs.num_envs))
    for update in range(updates):
        optimizer.param_groups[0]["lr"] = LEARNING_RATE * (1 - update / updates)
        rows, masks = collect(envs, agent, seen, rows, masks)
        advantages = seen.advantages()
        for _ in range(EPOCHS):
            for part in torch.randperm(advantages.numel()).chunk(MINIBATCHES):
                optimizer.zero_grad()
                losses(agent, seen, advantages, part).backward()
                nn.utils.clip_grad_norm_(agent.parameters(), LARGEST_GRADIENT)
                optimizer.step()

    def choose(rows: NDArray[np.float32], masks: NDArray[np.int8]) -> NDArray[np.int64]:
        return agent.choice(*map(torch.from_numpy, (rows, masks))).logits.argmax(dim=1).numpy()

    return Trained(updates * ROLLOUT * envs.num_envs, choose)


if __name__ == "__main__":
    trial(train, __doc__)
