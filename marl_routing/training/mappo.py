"""MAPPO on a `DeskBatch`: one masked policy that all agents share, one critic that sees the desk.

Yu et al. (2022), "The surprising effectiveness of PPO in cooperative multi-agent games", NeurIPS;
Huang et al. (2022), "The 37 implementation details of proximal policy optimization". What is
different here: an agent that can only pass decides nothing, so its rows are not learned from.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.evaluation.seeds import TRAINING
from marl_routing.scenario import Scenario
from marl_routing.training.networks import Actor, Critic, Layout
from marl_routing.training.settings import Settings

SEEDS_APART = 10**6  # desks of one training run and of the next
PHASES = 8  # groups of desks that begin their episodes apart


class Experience(NamedTuple):
    """One rollout of T steps of N desks: what was decided, and what came of it.

    Attributes:
        rows: (D, F) observations of the agents that had a choice.
        masks: (D, actions) bool.
        actions, log_probs: (D,).
        where: (D,) place of each decision's advantage in `advantages`, made flat.
        states: (T x N, S).
        advantages, returns: (T x N, H); H is 1 where all agents are paid alike, else A.
    """

    rows: Tensor
    masks: Tensor
    actions: Tensor
    log_probs: Tensor
    where: Tensor
    states: Tensor
    advantages: Tensor
    returns: Tensor


class Learner:
    """The policy, the critic, and the desks that they learn from.

    Args:
        desks: of the scenario, without autoreset.
        settings: of the recipe.
    """

    def __init__(self, desks: DeskBatch, settings: Settings) -> None:
        torch.manual_seed(settings.seed)
        self.desks, self.settings = desks, settings
        self.layout = Layout.of(desks)
        self.heads = 1 if desks.rules.desk[0]["sharing"] == 1.0 else desks.num_agents
        self.actor = Actor(self.layout, settings.hidden)
        desks.reset(seed=TRAINING + SEEDS_APART * settings.seed)
        self.critic = Critic(desks.state().shape[1], self.heads, settings.hidden)
        both = [*self.actor.parameters(), *self.critic.parameters()]
        self.optimizer = torch.optim.Adam(both, lr=settings.learning_rate, eps=1e-5)
        self.steps = 0  # of each desk
        self._reward = 0.0  # of a desk, in the rollout so far
        self._paid = np.zeros((desks.num_envs, self.heads), np.float32)  # discounted, so far
        self._scale = Moments()
        episode = settings.episode_steps or desks.scenario.time.horizon_steps
        self._episode = min(episode, desks.scenario.time.horizon_steps)
        self._age = np.arange(desks.num_envs) % PHASES * (self._episode // PHASES)

    @classmethod
    def on(cls, scenario: str | Path | Scenario, settings: Settings) -> Self:
        """A learner with desks of its own."""
        return cls(DeskBatch(scenario, settings.desks, autoreset=False), settings)

    @property
    def agent_steps(self) -> int:
        """Taken so far, by all agents of all desks."""
        return self.steps * self.desks.num_envs * self.desks.num_agents

    def state(self) -> dict[str, Any]:
        """Everything that decides how learning goes on, as tensors and numbers."""
        return {
            "actor": self.actor.state_dict(),
            "critic": self.critic.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "steps": self.steps,
            "desks": torch.from_numpy(self.desks.snapshot().view(np.uint8)),
            "age": torch.from_numpy(self._age),
            "paid": torch.from_numpy(self._paid),
            "scale": [self._scale.mean, self._scale.variance, self._scale.count],
            "draws": torch.get_rng_state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on as the learner would whose `state` it was."""
        self.actor.load_state_dict(state["actor"])
        self.critic.load_state_dict(state["critic"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.steps = state["steps"]
        self.desks.restore(state["desks"].numpy().view(self.desks.states.dtype))
        self._age, self._paid = state["age"].numpy(), state["paid"].numpy()
        self._scale.mean, self._scale.variance, self._scale.count = state["scale"]
        torch.set_rng_state(state["draws"])

    def collect(self) -> Experience:
        """Play `rollout_steps` of every desk."""
        desks, steps, self._reward = self.desks, self.settings.rollout_steps, 0.0
        states = np.zeros((steps, *desks.state().shape), np.float32)
        reached = np.zeros_like(states)
        rewards = np.zeros((steps, desks.num_envs, self.heads), np.float32)
        cut = np.zeros((steps, desks.num_envs, 1), np.float32)
        decisions = list[tuple[Tensor, ...]]()
        for step in range(steps):
            states[step] = desks.state()
            decisions.append(self._decide(step))
            rewards[step] = self._pay(desks.rewards)
            reached[step] = desks.state()
            cut[step, :, 0] = self._begin_anew()
        self.steps += steps
        advantages, returns = self._judge(states, reached, rewards, cut)
        rows, masks, actions, log_probs, where = map(torch.cat, zip(*decisions, strict=True))
        flat = torch.from_numpy(states).flatten(0, 1)
        return Experience(rows, masks, actions, log_probs, where, flat, advantages, returns)

    def _decide(self, step: int) -> tuple[Tensor, ...]:
        """Let every agent that has a choice draw one, and step the desks."""
        desks = self.desks
        masks = desks.action_masks != 0
        desk, agent = np.nonzero(masks.sum(axis=2) > 1)
        rows = torch.from_numpy(desks.observations[desk, agent])
        legal = torch.from_numpy(masks[desk, agent])
        with torch.no_grad():
            self.actor.notice(rows)
            choice = self.actor(rows, legal)
            drawn = choice.sample()
        actions = np.zeros(masks.shape[:2], np.int32)
        actions[desk, agent] = drawn.numpy()
        desks.step(actions)
        head = agent if self.heads > 1 else 0 * agent
        where = torch.from_numpy((step * desks.num_envs + desk) * self.heads + head)
        return rows, legal, drawn, choice.log_prob(drawn), where

    def _pay(self, rewards: NDArray[np.float32]) -> NDArray[np.float32]:
        """Rewards in units of the standard deviation of returns: raw costs are too large."""
        self._reward += float(rewards.sum()) / len(rewards)
        rewards = rewards[:, : self.heads]
        self._paid = self._paid * self.settings.gamma + rewards
        self._scale.notice(self._paid)
        scaled: NDArray[np.float32] = rewards / self._scale.deviation
        return scaled

    def _begin_anew(self) -> NDArray[np.bool_]:
        """End the episodes of the desks whose time has come; which they are."""
        self._age += 1
        over: NDArray[np.bool_] = self._age >= self._episode
        if over.any():
            self.desks.reset(desks=over)
            self._age[over] = 0
            self._paid[over] = 0.0
        return over

    def _judge(
        self,
        states: NDArray[np.float32],
        reached: NDArray[np.float32],
        rewards: NDArray[np.float32],
        cut: NDArray[np.float32],
    ) -> tuple[Tensor, Tensor]:
        """Generalised advantages (Schulman et al. 2016) and returns; ends are bootstrapped."""
        gamma, decay = self.settings.gamma, self.settings.gae_lambda
        with torch.no_grad():
            self.critic.notice(torch.from_numpy(states).flatten(0, 1))
            values = self.critic(torch.from_numpy(states))
            ahead = self.critic(torch.from_numpy(reached))
        surprise = torch.from_numpy(rewards) + gamma * ahead - values
        goes_on = gamma * decay * (1.0 - torch.from_numpy(cut))
        advantages = torch.zeros_like(values)
        later = torch.zeros_like(values[0])
        for step in reversed(range(len(values))):
            later = surprise[step] + goes_on[step] * later
            advantages[step] = later
        return advantages.flatten(0, 1), (advantages + values).flatten(0, 1)

    def learn(self, seen: Experience, left: float) -> dict[str, float]:
        """Improve policy and critic by one rollout.

        Args:
            seen: the rollout.
            left: 1 at the beginning of training, 0 at its end: learning rate and entropy fade.

        Returns:
            Losses and other figures, by name.
        """
        settings = self.settings
        for group in self.optimizer.param_groups:
            group["lr"] = settings.learning_rate * left
        advantages = seen.advantages.flatten()[seen.where]
        advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
        sums, count = dict[str, float](), settings.epochs * settings.minibatches
        for _ in range(settings.epochs):
            of_rows = torch.randperm(len(seen.rows)).chunk(settings.minibatches)
            of_states = torch.randperm(len(seen.states)).chunk(settings.minibatches)
            for rows, states in zip(of_rows, of_states, strict=True):
                losses = self._losses(seen, rows, advantages[rows], states)
                loss = (
                    losses["policy"] + losses["value"] - settings.entropy * left * losses["entropy"]
                )
                self.optimizer.zero_grad()
                torch.autograd.backward(loss)
                nn.utils.clip_grad_norm_(self.actor.parameters(), settings.largest_gradient)
                nn.utils.clip_grad_norm_(self.critic.parameters(), settings.largest_gradient)
                self.optimizer.step()
                for name, value in losses.items():
                    sums[name] = sums.get(name, 0.0) + float(value.detach()) / count
        return {"reward_per_step": self._reward / settings.rollout_steps} | sums

    def _losses(
        self, seen: Experience, rows: Tensor, advantages: Tensor, states: Tensor
    ) -> dict[str, Tensor]:
        """Of one minibatch of decisions and of states."""
        clip = self.settings.clip
        choice = self.actor(seen.rows[rows], seen.masks[rows])
        log_ratio = choice.log_prob(seen.actions[rows]) - seen.log_probs[rows]
        ratio = log_ratio.exp()
        gain = torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages)
        return {
            "policy": -gain.mean(),
            "value": 0.5 * (self.critic(seen.states[states]) - seen.returns[states]).pow(2).mean(),
            "entropy": choice.entropy().mean(),
            "divergence": (ratio - 1 - log_ratio).mean().detach(),
        }


class Moments:
    """Running variance of numbers, (Chan et al. 1979)."""

    def __init__(self) -> None:
        self.mean, self.variance, self.count = 0.0, 1.0, 1e-4

    def notice(self, values: NDArray[np.float32]) -> None:
        """Add numbers of any shape."""
        count = self.count + values.size
        off = float(values.mean()) - self.mean
        squares = self.variance * self.count + float(values.var()) * values.size
        squares += off**2 * self.count * values.size / count
        self.mean += off * values.size / count
        self.variance, self.count = squares / count, count

    @property
    def deviation(self) -> float:
        """Never 0."""
        return float(np.sqrt(self.variance)) + 1e-8


def train(learner: Learner, agent_steps: int) -> Iterator[dict[str, float]]:
    """Learn until every agent of every desk has taken its share of `agent_steps`.

    Yields:
        The figures of each update, as soon as it is made.
    """
    settings, desks = learner.settings, learner.desks
    rollouts = max(1, agent_steps // (settings.rollout_steps * desks.num_envs * desks.num_agents))
    for number in range(learner.steps // settings.rollout_steps, rollouts):
        yield learner.learn(learner.collect(), 1.0 - number / rollouts)
