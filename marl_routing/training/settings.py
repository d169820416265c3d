"""Settings of the MAPPO recipe; docs/learning.md tells where the defaults come from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """What can be set.

    Attributes:
        desks: played side by side.
        rollout_steps: of each desk, between updates.
        episode_steps: a training episode's length, at most the scenario's horizon; 0: the horizon.
        epochs, minibatches: of each update.
        learning_rate, entropy: at the beginning; both fade to 0.
        gamma, gae_lambda: discount a step, and of advantages.
        clip: of the probability ratio.
        largest_gradient: norm at which gradients are clipped.
        hidden: width of the networks' layers.
        seed: of networks and training episodes.
    """

    desks: int = 64
    rollout_steps: int = 16
    episode_steps: int = 200
    epochs: int = 4
    minibatches: int = 4
    learning_rate: float = 1e-3
    entropy: float = 0.003
    gamma: float = 0.99
    gae_lambda: float = 0.95
    clip: float = 0.2
    largest_gradient: float = 0.5
    hidden: int = 64
    seed: int = 0
