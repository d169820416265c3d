"""Algorithms of Stable-Baselines3 and sb3-contrib on the vector environments, as a `Trainer`."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from gymnasium import spaces
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray
from sb3_contrib import MaskablePPO
from stable_baselines3 import A2C, DQN, PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import Logger
from stable_baselines3.common.utils import ConstantSchedule, FloatSchedule, set_random_seed
from stable_baselines3.common.vec_env import VecNormalize

from marl_routing.evaluation.seeds import TRAINING, VALIDATION
from marl_routing.evaluation.views import VIEWS, Chooser, Infos, play_view
from marl_routing.policies.folders import PARALLEL
from marl_routing.policies.saved_model import MODEL
from marl_routing.scenario import Scenario
from marl_routing.scenario.writing import write_whole
from marl_routing.training.mappo import SEEDS_APART
from marl_routing.training.replay import buffer_state, restore_buffer
from marl_routing.training.saving import describe, read_checkpoint, write_card, write_checkpoint
from marl_routing.training.stable_settings import (
    A2cSettings,
    DqnSettings,
    PpoSettings,
    StableSettings,
)
from marl_routing.training.trainer import read_settings
from marl_routing.training.validating import episodes_of, mean_kpis, policy_kpis
from marl_routing.vector.sb3_views import ViewVecEnv, joined_masks
from marl_routing.vector.stable_baselines import SharedPolicyVecEnv

_ALGORITHMS: dict[str, tuple[type[Any], StableSettings]] = {
    "maskable_ppo": (MaskablePPO, PpoSettings()),
    "ppo": (PPO, PpoSettings()),
    "a2c": (A2C, A2cSettings()),
    "dqn": (DQN, DqnSettings()),
}
_FIGURES = {  # what tables call them, and Stable-Baselines3's logger
    "policy": ("train/policy_gradient_loss", "train/policy_loss"),
    "value": ("train/value_loss", "train/loss"),
    "entropy": ("train/entropy_loss",),
    "divergence": ("train/approx_kl",),
    "exploration": ("rollout/exploration_rate",),
}


class StableTrainer:
    """One of the four algorithms in one of the views; methods as of `Trainer`.

    Rewards are divided by the running deviation of returns (`VecNormalize`): raw costs are too
    large to learn from. Whole episodes are played.

    Args:
        algorithm: `maskable_ppo`, `ppo`, `a2c` or `dqn`.
        view: `parallel` (a row an agent), or one of `evaluation.views.VIEWS` (a row a desk).
        scenario: the desk.
        settings: `name=value`, of the algorithm's settings.
    """

    def __init__(self, algorithm: str, view: str, scenario: Scenario, settings: list[str]) -> None:
        kind, defaults = _ALGORITHMS[algorithm]
        values: dict[str, Any] = read_settings(defaults, settings)
        self.algorithm, self.view, self.scenario = algorithm, view, scenario
        self.settings = chosen = replace(defaults, **values)
        torch.set_num_threads(1)  # the networks are small: more threads only wait for each other
        rows: Any = (
            SharedPolicyVecEnv(scenario, chosen.desks)
            if view == PARALLEL
            else ViewVecEnv(VIEWS[view].make(scenario, chosen.desks, AutoresetMode.SAME_STEP))
        )
        self._rows = VecNormalize(rows, norm_obs=False, gamma=chosen.gamma)
        several = isinstance(rows.observation_space, spaces.Dict)
        self.model = kind(
            "MultiInputPolicy" if several else "MlpPolicy",
            self._rows,
            learning_rate=chosen.learning_rate,
            gamma=chosen.gamma,
            policy_kwargs={"net_arch": [chosen.hidden, chosen.hidden]},
            seed=chosen.seed,
            device="cpu",
            **chosen.arguments(rows.num_envs),
        )
        self.model.set_logger(Logger(None, []))
        self._rows.seed(TRAINING + SEEDS_APART * chosen.seed)
        self._paid = _Paid(chosen.desks)

    @property
    def agent_steps(self) -> int:
        """Taken so far: rows of the environments."""
        return int(self.model.num_timesteps)

    def learn(self, agent_steps: int) -> Iterator[dict[str, float]]:
        """Figures of each `n_steps` of every desk."""
        update = self._rows.num_envs * self.settings.n_steps
        updates = max(1, agent_steps // update)
        for number in range(self.agent_steps // update, updates):
            self._fade(number / updates)
            self._paid.forget()
            self.model.learn(update, self._paid, log_interval=None, reset_num_timesteps=False)
            told = self.model.logger.name_to_value
            yield {"reward_per_step": self._paid.per_step} | {
                name: float(next((told[key] for key in keys if key in told), math.nan))
                for name, keys in _FIGURES.items()
            }

    def _fade(self, done: float) -> None:
        """Learning rate and entropy fall to 0, and what is drawn at random to its final share."""
        settings, left = self.settings, 1.0 - done
        self.model.lr_schedule = FloatSchedule(settings.learning_rate * left)
        if isinstance(settings, DqnSettings):
            fallen = done / settings.exploration_fraction if settings.exploration_fraction else 1.0
            drawn = max(settings.exploration_final_eps, 1.0 - fallen)
            self.model.exploration_schedule = ConstantSchedule(drawn)
        else:
            self.model.ent_coef = settings.ent_coef * left

    def kpis(self, folder: Path) -> dict[str, float]:
        """What the desk makes of the model."""
        if self.view == PARALLEL:
            return policy_kpis(self.scenario, str(folder))
        view, episodes = VIEWS[self.view], episodes_of(self.scenario)
        return mean_kpis(play_view(view, self.scenario, self.rule, episodes, VALIDATION))

    def rule(self, envs: Any, seed: int) -> Chooser:
        """The model, greedily, as one of the rules of its view."""

        def choose(observations: Any, infos: Infos) -> NDArray[Any]:
            masks = joined_masks(infos["action_mask"])
            legal = {"action_masks": masks} if self.algorithm == "maskable_ppo" else {}
            actions: NDArray[Any] = self.model.predict(observations, deterministic=True, **legal)[0]
            return actions

        return choose

    def save_model(self, folder: Path) -> None:
        """Write Stable-Baselines3's own file, and the card."""
        write_whole(folder / MODEL, self.model.save)
        libraries = ("stable-baselines3", "sb3-contrib", "gymnasium")
        card = describe(self.scenario, self.settings, self.agent_steps, libraries)
        write_card(folder, {"algorithm": self.algorithm, "view": self.view, **card})

    def save_checkpoint(self, folder: Path) -> None:
        """Write networks, optimiser, the scale of returns, and what `dqn` remembers."""
        scale = self._rows.ret_rms
        state = {
            "algorithm": [self.algorithm, self.view],
            "steps": self.agent_steps,
            "parameters": self.model.get_parameters(),
            "scale": [float(scale.mean), float(scale.var), float(scale.count)],
            "memory": buffer_state(getattr(self.model, "replay_buffer", None)),
        }
        write_checkpoint(folder, state, self.scenario, self.settings)

    def load_checkpoint(self, folder: Path) -> None:
        """Go on from there, with new episodes."""
        state = read_checkpoint(folder, self.scenario, self.settings)
        if state["algorithm"] != [self.algorithm, self.view]:
            raise ValueError(f"resume: the checkpoint in {folder} is of another algorithm or view")
        self.model.set_parameters(state["parameters"])
        self.model.num_timesteps = state["steps"]
        scale: Any = self._rows.ret_rms
        scale.mean, scale.var, scale.count = state["scale"]
        if state["memory"]:
            restore_buffer(self.model.replay_buffer, state["memory"])
        # Neither the draws nor the tickets of the run's beginning come again.
        set_random_seed(self.settings.seed + state["steps"])
        played = state["steps"] // self._rows.num_envs % SEEDS_APART
        self._rows.seed(TRAINING + SEEDS_APART * self.settings.seed + played)


class _Paid(BaseCallback):
    """Counts rewards as they were before they were normalised."""

    def __init__(self, desks: int) -> None:
        super().__init__()
        self._desks = desks
        self.forget()

    def forget(self) -> None:
        """Count anew."""
        self._sum, self._steps = 0.0, 0

    def _on_step(self) -> bool:
        rows = self.training_env
        assert isinstance(rows, VecNormalize)
        rewards = rows.get_original_reward()
        self._sum += float(rewards.sum())
        self._steps += 1
        return True

    @property
    def per_step(self) -> float:
        """Of a desk."""
        return self._sum / (self._steps * self._desks)
