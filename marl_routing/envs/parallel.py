"""The desk as a PettingZoo parallel environment: every agent acts in every step."""

import warnings
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from pettingzoo import ParallelEnv

from marl_routing.core.user_terms import RewardTerm
from marl_routing.envs.actions import PASS, as_integer, read_bids
from marl_routing.envs.single_desk import SingleDesk, Snapshot
from marl_routing.envs.spaces import bid_box, masked, observation_box, state_box
from marl_routing.envs.text import desk_text
from marl_routing.scenario import Scenario

Observation = NDArray[np.float32] | dict[str, NDArray[Any]]
Info = dict[str, Any]

MASK_FORMS = ("info", "observation", "none")


class TicketRoutingEnv(SingleDesk, ParallelEnv[str, Observation, Any]):  # type: ignore[misc]
    """One desk; each support agent takes visible tickets of the queue or passes, or bids for them.

    Args:
        scenario: a shipped or registered name, a path, or a `Scenario`.
        render_mode: None, "ansi" (`render` returns a text) or "human" (each step prints it).
        action_mask: where masks stand: "info" (`infos[agent]["action_mask"]`), "observation" (a
            dict of `observation` and `action_mask`) or "none". Where agents bid, "info" means
            `infos[agent]["bid_mask"]`, and "observation" is refused.
        max_cycles: overrides the scenario's `time.horizon_steps`.
        reward_terms: the user's own reward terms, as in `DeskBatch`.
        record: keep a log of events; see `events`.
    """

    metadata: ClassVar[dict[str, Any]] = {
        "name": "ticket_routing_v0",
        "render_modes": ["ansi", "human"],
        "render_fps": 4,
        "is_parallelizable": True,
    }

    def __init__(
        self,
        scenario: str | Path | Scenario = "saas_balanced",
        render_mode: Literal["ansi", "human"] | None = None,
        action_mask: Literal["info", "observation", "none"] = "info",
        max_cycles: int | None = None,
        reward_terms: Sequence[RewardTerm] = (),
        record: bool = False,
    ) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(f"render_mode must be None, 'ansi' or 'human', not {render_mode!r}")
        if action_mask not in MASK_FORMS:
            raise ValueError(f"action_mask must be one of {MASK_FORMS}, not {action_mask!r}")
        super().__init__(scenario, max_cycles, reward_terms, record)
        self._bidding = self._batch.bidding
        if self._bidding and action_mask == "observation":
            raise ValueError("action_mask must be 'info' or 'none' where agents bid")
        self.render_mode = render_mode
        self._mask_form = action_mask
        self.possible_agents = [f"agent_{i}" for i in range(self._num_agents)]
        self.agents: list[str] = []
        self._build_spaces()
        self._actions: NDArray[Any] = np.zeros((1, self._num_agents), np.int32)
        if self._bidding:
            self._actions = np.zeros((1, self._num_agents, self._num_slots), np.float32)
        self._all_false = dict.fromkeys(self.possible_agents, False)
        self._all_true = dict.fromkeys(self.possible_agents, True)

    def _build_spaces(self) -> None:
        """One observation space for all agents; an action space each, as each samples alone."""
        fields, sizes = self.observation_fields(), self._batch.parameters.sizes
        self._num_actions, self._num_slots = sizes.actions, sizes.slots
        box = observation_box(fields)
        shared = masked(box, self._num_actions) if self._mask_form == "observation" else box
        self.state_space = state_box(fields, sizes)
        self.observation_spaces = dict.fromkeys(self.possible_agents, shared)
        self.action_spaces: dict[str, spaces.Box | spaces.Discrete] = {
            agent: bid_box(sizes.slots) if self._bidding else spaces.Discrete(self._num_actions)
            for agent in self.possible_agents
        }

    def observation_space(self, agent: str) -> spaces.Space[Any]:
        """The same object at each call."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Box | spaces.Discrete:
        """`Discrete`: 0 passes, 1..K take a visible slot, then verbs; or a `Box` of K bids (0..1).

        The same object at each call.
        """
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Observation], dict[str, Info]]:
        """Begin episode 0 of `seed`, or without one the next episode; `options` are not used."""
        self._batch.reset(seed)
        self._started = self._running = True
        self.agents = self.possible_agents[:]
        if self.render_mode == "human":
            self.render()
        return self._observe()

    def step(
        self, actions: Mapping[str, Any]
    ) -> tuple[
        dict[str, Observation],
        dict[str, float],
        dict[str, bool],
        dict[str, bool],
        dict[str, Info],
    ]:
        """Move the clock by one step.

        Args:
            actions: agent name to action. A missing agent passes; an illegal action (not a legal
                integer, in whatever shape) passes too and is counted. Where agents bid: K numbers
                each, clipped to [0, 1]; anything else is no bid.

        Returns:
            Observations, rewards, terminations, truncations and infos, fresh dicts of all agents;
            five empty dicts after the end.
        """
        if not self._running:
            self._require_reset()
            return {}, {}, {}, {}, {}
        agents, batch = self.possible_agents, self._batch
        if self._bidding:
            self._actions[0] = self._read(actions)
        else:
            try:  # array() takes what is an exact integer, at a tenth of the cost of checking each
                self._actions[0] = array("i", [actions[agent] for agent in agents])
            except (LookupError, TypeError, ValueError, OverflowError):
                self._actions[0] = self._read(actions)
        batch.step(self._actions)
        truncated = bool(batch.truncations[0, 0])
        if truncated:
            self._running, self.agents = False, []
        if self.render_mode == "human":
            self.render()
        observations, infos = self._observe()
        rewards = dict(zip(agents, batch.rewards[0].tolist(), strict=True))
        truncations = self._all_true if truncated else self._all_false
        return observations, rewards, self._all_false.copy(), truncations.copy(), infos

    def _observe(self) -> tuple[dict[str, Any], dict[str, Info]]:
        """Fresh observations and infos: rows of one copy, into which nothing later writes."""
        agents, batch = self.possible_agents, self._batch
        rows = batch.observations[0].copy()
        if self._mask_form == "none":
            return dict(zip(agents, rows, strict=True)), {agent: {} for agent in agents}
        if self._bidding:
            bid_masks = batch.action_masks[0, :, 1:].copy()
            infos = {
                agent: {"bid_mask": mask} for agent, mask in zip(agents, bid_masks, strict=True)
            }
            return dict(zip(agents, rows, strict=True)), infos
        masks = batch.action_masks[0].copy()
        if self._mask_form == "info":
            infos = {
                agent: {"action_mask": mask} for agent, mask in zip(agents, masks, strict=True)
            }
            return dict(zip(agents, rows, strict=True)), infos
        observations = {
            agent: {"observation": row, "action_mask": mask}
            for agent, row, mask in zip(agents, rows, masks, strict=True)
        }
        return observations, {agent: {} for agent in agents}

    def _read(self, actions: Mapping[str, Any]) -> list[int] | NDArray[np.float32]:
        """Actions of any shape and type, agents possibly missing, as integers or bids."""
        if not isinstance(actions, Mapping):
            raise TypeError(
                f"actions must map agent names to actions, not be a {type(actions).__name__}"
            )
        if self._bidding:
            return read_bids(actions, self.possible_agents, self._num_slots)
        return [
            as_integer(actions.get(agent, PASS), self._num_actions)
            for agent in self.possible_agents
        ]

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot of this env, or of another of the same scenario."""
        super().restore(snapshot)
        self.agents = self.possible_agents[:] if self._running else []

    def render(self) -> str | None:
        """The desk as text: returned in mode "ansi", printed in mode "human"."""
        self._require_reset()
        if self.render_mode is None:
            warnings.warn(
                "render() draws nothing without a render_mode: pass render_mode='ansi' or 'human'",
                stacklevel=2,
            )
            return None
        text = desk_text(self._batch, self.scenario)
        if self.render_mode == "human":
            print(text)
            return None
        return text

    def close(self) -> None:
        """Nothing is open."""
