"""Settings of the MAPPO recipe."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """What can be set.

    Attributes:
        desks: played side by side.
        rollout_steps: of each desk, between updates.
        episode_steps: a training episode's length, at most the scenario's horizon; 0: the horizon.
        epochs, minibatches: of each update.
        learning_rate, critic_rate, entropy: at the beginning; all fade to 0.
        gamma: discount a step.
        gae_lambda: discount of advantages, besides.
        value_lambda: the same of the returns that the critic learns, which bootstrap less.
        team_share: of the team's mean reward in what an agent learns from; its own is the rest.
        clip: of the probability ratio.
        largest_gradient: norm at which gradients are clipped.
        hidden, critic_hidden: width of the networks' layers.
        teacher: a policy to begin as; `best` is the best of the rules, `none` begins from nothing.
        taught, taught_rate: share of all steps in which it is imitated (of short runs more), and
            learning rate then.
        seed: of networks and training episodes.
    """

    desks: int = 128
    rollout_steps: int = 32
    episode_steps: int = 0
    epochs: int = 1
    minibatches: int = 4
    learning_rate: float = 2e-4
    critic_rate: float = 1e-3
    entropy: float = 0.0001
    gamma: float = 0.995
    gae_lambda: float = 0.8
    value_lambda: float = 0.95
    team_share: float = 1.0
    clip: float = 0.2
    largest_gradient: float = 0.5
    hidden: int = 64
    critic_hidden: int = 64
    teacher: str = "best"
    taught: float = 0.1
    taught_rate: float = 3e-3
    seed: int = 0
