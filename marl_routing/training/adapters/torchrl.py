"""TorchRL: desks as one batched environment, agents as a group, the whole desk as `state`."""

from pathlib import Path

import numpy as np
import torch
from gymnasium import spaces
from tensordict import TensorDict, TensorDictBase
from torchrl.data import Binary, Bounded, Categorical, Composite, Unbounded
from torchrl.envs import EnvBase

from marl_routing.envs.spaces import observation_box, state_box
from marl_routing.scenario import Scenario
from marl_routing.training.adapters.desks import accepting_desks


class TorchRLEnv(EnvBase):  # type: ignore[misc]
    """N desks of a scenario whose agents accept; keys as TorchRL's PettingZoo wrapper has them.

    - `("agents", "observation")` (N, A, F) float32, `("agents", "action_mask")` (N, A, actions)
      bool, and `"state"` (N, S) float32, the whole desk, for centralised critics;
    - `("agents", "action")` (N, A) integers; `("agents", "reward")` (N, A, 1) float32;
    - `"done"`, `"truncated"` and `"terminated"` (N, 1), and the same of `agents` (N, A, 1): every
      episode ends by truncation.

    Args:
        scenario: a shipped or registered name, a path, or a `Scenario`.
        num_envs: desks.
        seed: of the first desk; desk i has `seed + i`.
    """

    def __init__(self, scenario: str | Path | Scenario, num_envs: int, seed: int) -> None:
        super().__init__(batch_size=[num_envs])
        self.desks = accepting_desks(scenario, num_envs)
        self._seed: int | None = seed
        fields, sizes = self.desks.observation_fields(), self.desks.parameters.sizes
        each = (num_envs, self.desks.num_agents)
        seen = {
            "observation": _bounded(observation_box(fields), each),
            "action_mask": Binary(shape=(*each, sizes.actions), dtype=torch.bool),
        }
        state = _bounded(state_box(fields, sizes), each[:1])
        action = Categorical(sizes.actions, shape=each)
        self.observation_spec = _group(each, seen, state=state)
        self.action_spec = _group(each, {"action": action})
        self.reward_spec = _group(each, {"reward": Unbounded((*each, 1))})
        self.done_spec = _group(each, _flags(each), **_flags(each[:1]))

    def _set_seed(self, seed: int | None) -> None:
        self._seed = seed  # from the next reset on

    def _reset(self, tensordict: TensorDictBase | None = None, **_: object) -> TensorDict:
        """Begin the next episode of the desks that `_reset` names, or of all."""
        which = None if tensordict is None else tensordict.get("_reset", None)
        self.desks.reset(self._seed, None if which is None else which[:, 0].numpy())
        self._seed = None
        return self._look()

    def _step(self, tensordict: TensorDictBase) -> TensorDict:
        self.desks.step(tensordict["agents", "action"].numpy().astype(np.int32))
        seen = self._look()
        seen["agents", "reward"] = torch.from_numpy(self.desks.rewards[..., None].copy())
        return seen

    def _look(self) -> TensorDict:
        """What there is to see, in new memory, and who is done."""
        desks, count = self.desks, self.desks.num_envs
        truncated = torch.from_numpy(desks.truncations[..., None].copy())
        group = {
            "observation": torch.from_numpy(desks.observations.copy()),
            "action_mask": torch.from_numpy(desks.action_masks != 0),
            **_ends(truncated),
        }
        state = torch.from_numpy(desks.state())
        content = {
            "agents": TensorDict(group, [count, desks.num_agents]),
            "state": state,
            **_ends(truncated[:, 0]),
        }
        return TensorDict(content, [count])


def _bounded(box: spaces.Box, shape: tuple[int, ...]) -> Bounded:
    """A spec of one box after another."""
    low, high = (np.broadcast_to(side, (*shape, *box.shape)).copy() for side in (box.low, box.high))
    return Bounded(torch.from_numpy(low), torch.from_numpy(high), dtype=torch.float32)


def _group(each: tuple[int, int], agents: dict[str, object], **desk: object) -> Composite:
    """The spec of what agents and desks have."""
    return Composite({"agents": Composite(agents, shape=each), **desk}, shape=each[:1])


def _flags(shape: tuple[int, ...]) -> dict[str, object]:
    names = ("done", "truncated", "terminated")
    return {name: Categorical(2, shape=(*shape, 1), dtype=torch.bool) for name in names}


def _ends(truncated: torch.Tensor) -> dict[str, torch.Tensor]:
    return {
        "done": truncated.clone(),
        "truncated": truncated,
        "terminated": torch.zeros_like(truncated),
    }
