"""A desk as the new API stack of RLlib takes it, with action masks."""

from collections.abc import Mapping
from typing import Any

from gymnasium import spaces
from ray.rllib.env.multi_agent_env import MultiAgentEnv

from marl_routing.envs.parallel import TicketRoutingEnv
from marl_routing.training.adapters.desks import accepting

ALL = "__all__"  # where RLlib looks whether the episode is over
RUNNERS_APART = 10_000  # seeds; more than the desks of a runner

Dicts = dict[str, Any]


class RllibDesk(MultiAgentEnv):  # type: ignore[misc]
    """One desk; an agent sees what RLlib's `ActionMaskingTorchRLModule` reads.

    That is a dict of `observations`, (F,) float32, and `action_mask`, (actions,) int8.

    Args:
        config: RLlib's `env_config`. Its `scenario` is a shipped or registered name, a path, or a
            `Scenario`, whose agents accept; rewards are multiplied by its `reward_scale` (default
            0.05), as raw costs are too large for a critic.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        self.desk = TicketRoutingEnv(accepting(config["scenario"]), action_mask="observation")
        self._scale = config.get("reward_scale", 0.05)
        self.possible_agents = self.desk.possible_agents
        self.agents = self.possible_agents
        self.action_spaces = self.desk.action_spaces
        self.observation_spaces = {
            agent: spaces.Dict(_as_named(space))
            for agent, space in self.desk.observation_spaces.items()
        }
        # RLlib seeds runner 2's first desk as runner 1's second: they would see the same tickets.
        self._apart = RUNNERS_APART * getattr(config, "worker_index", 0)

    def reset(
        self, *, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[Dicts, Dicts]:
        """Begin an episode; runners never share a seed."""
        seen, _ = self.desk.reset(None if seed is None else seed + self._apart, options)
        return _each_as_named(seen), {}

    def step(self, action_dict: Mapping[str, Any]) -> tuple[Dicts, Dicts, Dicts, Dicts, Dicts]:
        """As of the desk, with rewards scaled and infos empty."""
        seen, paid, ended, truncated, _ = self.desk.step(action_dict)
        ended[ALL], truncated[ALL] = all(ended.values()), all(truncated.values())
        rewards = {agent: self._scale * reward for agent, reward in paid.items()}
        return _each_as_named(seen), rewards, ended, truncated, {}


def _each_as_named(seen: Mapping[str, Any]) -> Dicts:
    return {agent: _as_named(parts) for agent, parts in seen.items()}


def _as_named(parts: Any) -> Dicts:
    """An observation, or its space, under the names that RLlib's module asks for."""
    return {"observations": parts["observation"], "action_mask": parts["action_mask"]}
