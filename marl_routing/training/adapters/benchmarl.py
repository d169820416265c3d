"""A desk as a task of BenchMARL."""

from collections.abc import Callable
from typing import Any

from benchmarl.environments.common import TaskClass
from torchrl.data import Composite
from torchrl.envs import EnvBase, RewardScaling, Transform

from marl_routing.evaluation.seeds import TRAINING
from marl_routing.training.adapters.torchrl import TorchRLEnv

GROUP = "agents"


class BenchmarlTask(TaskClass):  # type: ignore[misc]
    """All agents are one group; centralised critics and mixers see the whole desk's `state`.

    An experiment of seed s trains on episodes from seed `TRAINING + s` on.

    Args:
        scenario: a shipped or registered name, or a path.
        reward_scale: what rewards are multiplied by; raw costs are too large for a critic.
    """

    def __init__(self, scenario: str, reward_scale: float = 0.05) -> None:
        super().__init__(scenario, {"scenario": scenario, "reward_scale": reward_scale})

    def get_env_fun(
        self, num_envs: int, continuous_actions: bool, seed: int | None, device: Any
    ) -> Callable[[], EnvBase]:
        """Makes a batch of desks."""
        first = TRAINING + (seed or 0)
        return lambda: TorchRLEnv(self.config["scenario"], num_envs, first).to(device)

    def get_env_transforms(self, env: EnvBase) -> list[Transform]:
        """Scales rewards."""
        scale = self.config["reward_scale"]
        return [RewardScaling(loc=0.0, scale=scale, in_keys=[(GROUP, "reward")])]

    def supports_continuous_actions(self) -> bool:
        """Only desks whose agents accept."""
        return False

    def supports_discrete_actions(self) -> bool:
        """Pass, accept, and the scenario's verbs."""
        return True

    def has_render(self, env: EnvBase) -> bool:
        """Nothing to draw."""
        return False

    def max_steps(self, env: EnvBase) -> int:
        """The horizon."""
        return int(env.desks.scenario.time.horizon_steps)

    def group_map(self, env: EnvBase) -> dict[str, list[str]]:
        """One group."""
        return {GROUP: [f"agent_{i}" for i in range(env.desks.num_agents)]}

    def observation_spec(self, env: EnvBase) -> Composite:
        """What one agent sees."""
        return _only(env, (GROUP, "observation"))

    def state_spec(self, env: EnvBase) -> Composite:
        """The whole desk."""
        return _only(env, "state")

    def action_mask_spec(self, env: EnvBase) -> Composite:
        """What is legal."""
        return _only(env, (GROUP, "action_mask"))

    def action_spec(self, env: EnvBase) -> Composite:
        """Of one desk."""
        return env.full_action_spec_unbatched

    def info_spec(self, env: EnvBase) -> None:
        """Nothing more."""

    @staticmethod
    def env_name() -> str:
        """The name of all these tasks."""
        return "marl_routing"


def _only(env: EnvBase, key: str | tuple[str, str]) -> Composite:
    """The part of one desk's observation that stands at `key`."""
    spec = env.observation_spec_unbatched
    if isinstance(key, str):
        return Composite({key: spec[key].clone()})
    group, name = key
    return Composite({group: Composite({name: spec[key].clone()}, shape=spec[group].shape)})
