"""MAPPO as a `Trainer`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from marl_routing.policies.learned import SAMPLED
from marl_routing.scenario import Scenario
from marl_routing.training.mappo import Learner, train
from marl_routing.training.saving import load_checkpoint, save_checkpoint, save_model
from marl_routing.training.settings import Settings
from marl_routing.training.trainer import read_settings
from marl_routing.training.validating import policy_kpis


class MappoTrainer:
    """The recipe of `training.mappo`; methods as of `Trainer`.

    Args:
        scenario: the desk.
        settings: `name=value`, of `Settings`.
    """

    def __init__(self, scenario: Scenario, settings: list[str]) -> None:
        values: dict[str, Any] = read_settings(Settings(), settings)
        self.settings = replace(Settings(), **values)
        torch.set_num_threads(1)  # the networks are small: more threads only wait for each other
        self.learner = Learner.on(scenario, self.settings)

    @property
    def agent_steps(self) -> int:
        """Taken so far."""
        return self.learner.agent_steps

    def learn(self, agent_steps: int) -> Iterator[dict[str, float]]:
        """Figures of each update."""
        return train(self.learner, agent_steps)

    def kpis(self, folder: Path) -> dict[str, float]:
        """What the desk makes of the saved model, drawing actions or not: what does better."""
        scenario = self.learner.desks.scenario
        plays = [
            policy_kpis(scenario, f"{folder}:{SAMPLED}={drawn}") | {SAMPLED: float(drawn)}
            for drawn in (0, 1)
        ]
        return max(plays, key=lambda kpis: kpis["reward_per_step"])

    def save_model(self, folder: Path) -> None:
        """Write what `policies.learned.Learned` plays."""
        save_model(self.learner, folder)

    def save_checkpoint(self, folder: Path) -> None:
        """Write all that decides how training goes on."""
        save_checkpoint(self.learner, folder)

    def load_checkpoint(self, folder: Path) -> None:
        """Go on from there, as if never interrupted."""
        load_checkpoint(self.learner, folder)
