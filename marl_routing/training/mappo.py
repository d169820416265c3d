"""MAPPO on a `DeskBatch`: one masked policy that all agents share, one critic that sees the desk.

Yu et al. (2022), "The surprising effectiveness of PPO in cooperative multi-agent games", NeurIPS;
Huang et al. (2022), "The 37 implementation details of proximal policy optimization". What is
different here: an agent that can only pass decides nothing, so its rows are not learned from.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.evaluation.seeds import TRAINING
from marl_routing.scenario import Scenario
from marl_routing.training.experience import Decisions, Experience
from marl_routing.training.networks import Actor, Critic, Layout
from marl_routing.training.settings import Settings
from marl_routing.training.teaching import Teacher, find_teacher

SEEDS_APART = 10**6  # desks of one training run and of the next
RESCALED = 0.1  # weight of a rollout in the unit of values
SHORTEST_LESSON = 24  # rollouts, unless that is more than half of all
LOSSES = ("policy", "entropy", "divergence", "value")
PHASES = 8  # groups of desks that begin their episodes apart


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
        sizes = desks.parameters.sizes
        alike = settings.team_share == 1.0 or desks.rules.desk[0]["sharing"] == 1.0
        self.heads = 1 if alike else desks.num_agents
        self.actor = Actor(self.layout, settings.hidden)
        self.critic = Critic(
            sizes.agents, sizes.own, sizes.shared, self.heads, settings.critic_hidden
        )
        self._nets = nn.ModuleList([self.actor, self.critic])
        self.optimizer = torch.optim.Adam(
            [{"params": net.parameters()} for net in self._nets], fused=True
        )
        desks.reset(seed=TRAINING + SEEDS_APART * settings.seed)
        self.steps = 0  # of each desk
        self._reward = 0.0  # of a desk, in the rollout so far
        episode = settings.episode_steps or desks.scenario.time.horizon_steps
        self._episode = min(episode, desks.scenario.time.horizon_steps)
        self._age = np.arange(desks.num_envs) % PHASES * (self._episode // PHASES)
        self.lesson: int | None = None  # rollouts in which the teacher is imitated
        self.teacher = find_teacher(desks.scenario, settings.teacher, SEEDS_APART * settings.seed)

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
            "networks": self._nets.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "steps": self.steps,
            "lesson": self.lesson,
            "desks": torch.from_numpy(self.desks.snapshot().view(np.uint8)),
            "age": torch.from_numpy(self._age),
            "draws": torch.get_rng_state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on as the learner would whose `state` it was."""
        self._nets.load_state_dict(state["networks"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.steps, self.lesson = state["steps"], state["lesson"]
        self._age = state["age"].numpy()
        self.desks.restore(state["desks"].numpy().view(self.desks.states.dtype))
        torch.set_rng_state(state["draws"])

    @torch.no_grad()
    def collect(self, taught: float | None = None) -> Experience:
        """Play `rollout_steps` of every desk.

        Args:
            taught: share of the teacher's lesson that is over, 0 to 1; None after the lesson.
        """
        desks, steps, self._reward = self.desks, self.settings.rollout_steps, 0.0
        teacher = None if taught is None else self.teacher
        if teacher is not None:
            teacher.begin(self.steps)
        state = desks.state()
        states = np.zeros((steps + 1, *state.shape), np.float32)
        rewards = np.zeros((steps, desks.num_envs, self.heads), np.float32)
        ends = list[tuple[NDArray[np.bool_], NDArray[np.float32]]]()
        decisions = list[Decisions]()
        for step in range(steps):
            states[step] = state
            decisions.append(self._decide(step, teacher, taught or 0.0))
            rewards[step] = self._pay(desks.rewards)
            self._reward += float(desks.rewards.sum()) / desks.num_envs / steps
            over, state = self._age_by_one(), desks.state()
            ends.append((over, state[over]))
            if over.any():
                desks.reset(desks=over)
                state = desks.state()
        states[steps] = state
        self.steps += steps
        together = Decisions(*map(torch.cat, zip(*decisions, strict=True)))
        self.critic.normal.notice(torch.from_numpy(states[:-1]).flatten(0, 1))
        inputs = self.critic.inputs(torch.from_numpy(states))
        judged = self._judge(self.critic.values(inputs), rewards, ends)
        return Experience(together, inputs[:-1].flatten(0, 1), *judged)

    def _decide(self, step: int, teacher: Teacher | None, taught: float) -> Decisions:
        """Let every agent that has a choice draw one, or be told, and step the desks."""
        desks = self.desks
        masks = desks.action_masks != 0
        desk, agent = np.nonzero(masks.sum(axis=2) > 1)
        rows = torch.from_numpy(desks.observations[desk, agent])
        legal = torch.from_numpy(masks[desk, agent])
        self.actor.normal.notice(rows)
        inputs = self.actor.inputs(rows)
        scores = self.actor.scores(inputs, legal)
        # Gumbel's way to draw from a softmax.
        drawn = (scores - torch.empty_like(scores).exponential_().log()).argmax(1)
        actions = np.zeros(masks.shape[:2], np.int32)
        actions[desk, agent] = drawn.numpy()
        if teacher is not None:
            advice = teacher.advice(desks)
            teacher.lead(actions, advice, taught)
            drawn = torch.from_numpy(advice[desk, agent].astype(np.int64))
        self._step(actions)
        head = agent if self.heads > 1 else 0 * agent
        where = torch.from_numpy((step * desks.num_envs + desk) * self.heads + head)
        return Decisions(inputs, legal, drawn, scores.gather(1, drawn[:, None])[:, 0], where)

    def _step(self, actions: NDArray[np.int32]) -> None:
        """Where agents bid, an accept is a bid of 1."""
        if self.desks.bidding:
            slots = np.arange(1, 1 + self.desks.num_slots)
            self.desks.step((actions[:, :, None] == slots).astype(np.float32))
        else:
            self.desks.step(actions)

    def _pay(self, rewards: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, H) what agents learn from: their own reward and the team's."""
        share, team = self.settings.team_share, rewards.mean(axis=1, keepdims=True)
        paid: NDArray[np.float32] = (1.0 - share) * rewards[:, : self.heads] + share * team
        return paid

    def _age_by_one(self) -> NDArray[np.bool_]:
        """Which desks' episodes end."""
        self._age = (self._age + 1) % self._episode
        over: NDArray[np.bool_] = self._age == 0
        return over

    def _judge(
        self,
        values: Tensor,
        rewards: NDArray[np.float32],
        ends: list[tuple[NDArray[np.bool_], NDArray[np.float32]]],
    ) -> tuple[Tensor, Tensor]:
        """Generalised advantages (Schulman et al. 2016) and returns; ends are bootstrapped."""
        gamma = self.settings.gamma
        decays = torch.tensor([self.settings.gae_lambda, self.settings.value_lambda])
        sums = torch.zeros(len(rewards), 2, *values.shape[1:])
        later = torch.zeros(2, *values.shape[1:])
        for step in reversed(range(len(rewards))):
            over, states = ends[step]
            ahead = values[step + 1].clone()
            if over.any():
                reached = self.critic.inputs(torch.from_numpy(states))
                ahead[over] = self.critic.values(reached)
                later[:, over] = 0.0
            surprise = torch.from_numpy(rewards[step]) + gamma * ahead - values[step]
            later = surprise + gamma * decays[:, None, None] * later
            sums[step] = later
        return sums[:, 0].flatten(0, 1), (sums[:, 1] + values[:-1]).flatten(0, 1)

    def learn(self, seen: Experience, left: float, taught: bool = False) -> dict[str, float]:
        """Improve policy and critic by one rollout.

        Args:
            seen: the rollout.
            left: 1 at the beginning of training, 0 at its end: learning rates and entropy fade.
            taught: whether the policy imitates the actions of the rollout.

        Returns:
            Losses and other figures, by name.
        """
        settings = self.settings
        rate = settings.taught_rate if taught else settings.learning_rate
        for group, full in zip(
            self.optimizer.param_groups, (rate, settings.critic_rate), strict=True
        ):
            group["lr"] = full * left
        advantages = seen.advantages.flatten()[seen.decisions.where]
        if len(advantages) < settings.minibatches:  # hardly anybody had a choice
            return {"reward_per_step": self._reward} | dict.fromkeys(LOSSES, 0.0)
        advantages = (advantages - advantages.mean()) / (advantages.std(correction=0) + 1e-8)
        self.critic.rescale(seen.returns, RESCALED)
        returns = (seen.returns - self.critic.center) / self.critic.unit
        sums, count = dict[str, float](), settings.epochs * settings.minibatches
        for _ in range(settings.epochs):
            of_rows = torch.randperm(len(advantages)).tensor_split(settings.minibatches)
            of_states = torch.randperm(len(returns)).tensor_split(settings.minibatches)
            for rows, states in zip(of_rows, of_states, strict=True):
                chosen = Decisions(*(each[rows] for each in seen.decisions))
                losses = self._losses(chosen, None if taught else advantages[rows])
                off = self.critic(seen.states[states]) - returns[states]
                losses["value"] = 0.5 * off.pow(2).mean()
                self._improve(losses, 0.0 if taught else settings.entropy * left)
                for name, value in losses.items():
                    sums[name] = sums.get(name, 0.0) + float(value.detach()) / count
        return {"reward_per_step": self._reward} | sums

    def _losses(self, chosen: Decisions, advantages: Tensor | None) -> dict[str, Tensor]:
        """Of one minibatch of decisions: PPO's, or without advantages those of imitation."""
        clip = self.settings.clip
        scores = self.actor.scores(chosen.inputs, chosen.legal)
        log_probs = scores.gather(1, chosen.actions[:, None])[:, 0]
        log_ratio = log_probs - chosen.log_probs
        ratio = log_ratio.exp()
        gain = log_probs
        if advantages is not None:
            cut = ratio.clamp(1 - clip, 1 + clip)
            gain = torch.minimum(ratio * advantages, cut * advantages)
        return {
            "policy": -gain.mean(),
            "entropy": -(scores.exp() * scores).sum(1).mean(),
            "divergence": (ratio - 1 - log_ratio).mean().detach(),
        }

    def _improve(self, losses: dict[str, Tensor], entropy: float) -> None:
        """One step down the gradient."""
        loss = losses["policy"] + losses["value"] - entropy * losses["entropy"]
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        for net in self._nets:
            nn.utils.clip_grad_norm_(net.parameters(), self.settings.largest_gradient)
        self.optimizer.step()


def train(learner: Learner, agent_steps: int) -> Iterator[dict[str, float]]:
    """Learn until every agent of every desk has taken its share of `agent_steps`.

    Yields:
        The figures of each update, as soon as it is made.
    """
    settings, desks = learner.settings, learner.desks
    rollouts = max(1, agent_steps // (settings.rollout_steps * desks.num_envs * desks.num_agents))
    if learner.lesson is None:
        least = min(SHORTEST_LESSON, rollouts // 2) if settings.taught else 0
        learner.lesson = max(int(settings.taught * rollouts), least) if learner.teacher else 0
    lesson = learner.lesson
    for number in range(learner.steps // settings.rollout_steps, rollouts):
        if number < lesson:
            done = number / lesson
            yield learner.learn(learner.collect(done), 1.0 - done, taught=True)
        else:
            left = 1.0 - (number - lesson) / (rollouts - lesson)
            yield learner.learn(learner.collect(), left)
