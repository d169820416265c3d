"""Settings of Stable-Baselines3's algorithms here; names that are not explained are its own."""

from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True)
class PpoSettings:
    """Of `ppo` and `maskable_ppo`.

    Attributes:
        desks: played side by side.
        n_steps: of each desk, between updates.
        minibatches: of each epoch.
        hidden: width of the networks' two layers.
        seed: of networks and training episodes.
        learning_rate, ent_coef: at the beginning; both fade to 0.
    """

    desks: int = 64
    n_steps: int = 16
    n_epochs: int = 4
    minibatches: int = 4
    learning_rate: float = 1e-3
    ent_coef: float = 0.003
    gamma: float = 0.99
    gae_lambda: float = 0.95
    clip_range: float = 0.2
    max_grad_norm: float = 0.5
    hidden: int = 64
    seed: int = 0

    def arguments(self, rows: int) -> dict[str, Any]:
        """The algorithm's own, for so many rows of environments."""
        return {
            "n_steps": self.n_steps,
            "n_epochs": self.n_epochs,
            "batch_size": max(2, rows * self.n_steps // self.minibatches),
            "ent_coef": self.ent_coef,
            "gae_lambda": self.gae_lambda,
            "clip_range": self.clip_range,
            "max_grad_norm": self.max_grad_norm,
        }


@dataclass(frozen=True)
class A2cSettings:
    """Of `a2c`; attributes as of `PpoSettings`."""

    desks: int = 64
    n_steps: int = 32
    learning_rate: float = 7e-4
    ent_coef: float = 0.003
    gamma: float = 0.99
    gae_lambda: float = 0.95
    max_grad_norm: float = 0.5
    hidden: int = 64
    seed: int = 0

    def arguments(self, rows: int) -> dict[str, Any]:
        """The algorithm's own."""
        return {
            "n_steps": self.n_steps,
            "ent_coef": self.ent_coef,
            "gae_lambda": self.gae_lambda,
            "max_grad_norm": self.max_grad_norm,
        }


@dataclass(frozen=True)
class DqnSettings:
    """Of `dqn`; attributes as of `PpoSettings`, and more.

    Attributes:
        n_steps: of each desk, from one row of figures to the next.
        train_freq: steps of each desk between updates, of `gradient_steps` each.
        exploration_fraction: share of training in which exploration falls from 1 to
            `exploration_final_eps`.
    """

    desks: int = 16
    n_steps: int = 64
    learning_rate: float = 5e-4
    gamma: float = 0.99
    buffer_size: int = 50_000
    learning_starts: int = 5_000
    batch_size: int = 256
    train_freq: int = 4
    gradient_steps: int = 4
    target_update_interval: int = 5_000
    exploration_fraction: float = 0.3
    exploration_final_eps: float = 0.02
    hidden: int = 64
    seed: int = 0

    def arguments(self, rows: int) -> dict[str, Any]:
        """The algorithm's own."""
        return {
            "buffer_size": self.buffer_size,
            "learning_starts": self.learning_starts,
            "batch_size": self.batch_size,
            "train_freq": self.train_freq,
            "gradient_steps": self.gradient_steps,
            "target_update_interval": self.target_update_interval,
        }


StableSettings: TypeAlias = PpoSettings | A2cSettings | DqnSettings
