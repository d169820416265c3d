"""`Batch`: many desks of one scenario, stepped by compiled code over arrays."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.compiler import blank_records
from marl_routing.core.events import EVENT_ROOM
from marl_routing.core.operating import Operator
from marl_routing.core.parameters import Parameters, with_derived
from marl_routing.core.random import mix, seeds_from
from marl_routing.core.record import joint_action, state_dtype
from marl_routing.core.reports import Reports
from marl_routing.core.runner import Runner
from marl_routing.core.user_terms import RewardTerm, checked_terms

Floats = NDArray[np.float32]


class Batch(Reports, Operator):
    """N desks of one scenario.

    The arrays below are the batch's own buffers: the next `step` or `reset` writes over them.

    Args:
        parameters: the scenario, made ready by `compile_scenario`.
        num_envs: N.
        num_threads: threads that share the desks; the results do not depend on it.
        reward_terms: the user's own reward terms.
        autoreset: begin a desk's next episode in the step in which it is truncated.
        record: keep a log of events; see `events`.

    Attributes:
        observations: (N, A, F) float32.
        action_masks: (N, A, 1 + K) int8; with verbs, a column for each of their actions more.
        rewards: (N, A) float32.
        terminations, truncations: (N, A) bool; a desk never terminates.
        final_observations: (N, A, F) float32, of desks truncated in the last step (with autoreset).
        states: (N,) the records.
        rules: the scenario as the kernels read it.
    """

    def __init__(
        self,
        parameters: Parameters,
        num_envs: int = 1,
        num_threads: int = 1,
        reward_terms: Sequence[RewardTerm] = (),
        autoreset: bool = True,
        record: bool = False,
    ) -> None:
        check_count("num_envs", num_envs)
        check_count("num_threads", num_threads)
        if record:
            parameters = replace(parameters, sizes=parameters.sizes._replace(events=EVENT_ROOM))
        self.parameters = parameters
        self.rules = parameters.rules._replace(desk=with_derived(parameters.rules.desk))
        self.num_envs = num_envs
        self.reward_terms = checked_terms(reward_terms)
        self._user_terms: dict[str, Floats] = {}
        self.autoreset = autoreset
        sizes, dtype = parameters.sizes, state_dtype(parameters.sizes)
        self.num_agents, self.num_slots = sizes.agents, sizes.slots
        self.bidding = sizes.bidding
        width = sizes.observed
        finals = num_envs if autoreset else 1
        self.states = blank_records(num_envs, dtype)
        self._final_states = blank_records(finals, dtype)
        self.observations: Floats = np.zeros((num_envs, sizes.agents, width), np.float32)
        self.final_observations: Floats = np.zeros((finals, sizes.agents, width), np.float32)
        self.action_masks = np.zeros((num_envs, sizes.agents, sizes.actions), np.int8)
        self.rewards: Floats = np.zeros((num_envs, sizes.agents), np.float32)
        self.truncations = np.zeros((num_envs, sizes.agents), np.bool_)
        self.terminations = np.zeros((num_envs, sizes.agents), np.bool_)
        self._final_metrics: list[dict[str, Any] | None] | None = None
        shape, kind = joint_action(sizes)
        self._actions: NDArray[Any] = np.zeros((num_envs, *shape), kind)
        self._seeded = False
        self._runner = Runner(
            (
                *self.rules,
                self.states,
                blank_records(1, dtype),
                np.ones(num_envs, np.bool_),
                self._actions,
                self.rewards,
                self.truncations,
                self.observations,
                self.action_masks,
                self.final_observations,
                self._final_states,
            ),
            num_envs,
            num_threads,
            autoreset,
        )

    def reset(self, seed: int | None = None, desks: NDArray[np.bool_] | None = None) -> Floats:
        """Begin episode 0 of seeds seed, seed + 1, ..., or without a seed each desk's next episode.

        A first reset without a seed draws one from the system.

        Args:
            seed: of the first desk.
            desks: (N,) bool, the desks that begin an episode, the others staying as they are; all
                by default, and in a first reset.

        Returns:
            The observations.
        """
        if seed is None and not self._seeded:
            seed = secrets.randbits(63)
        desks = None if desks is None or not self._seeded else self._flags(desks)
        which: Any = slice(None) if desks is None else desks
        if seed is None:
            self.states["episode"][which] += 1
        else:
            keys = np.array([mix(value) for value in seeds_from(seed, self.num_envs)], np.uint64)
            self.states["seed_key"][which] = keys[which]
            self.states["episode"][which] = 0
        self._seeded = True
        self._runner.run(ticks=False, begins=True, shows=True, desks=desks)
        self.rewards[which] = 0.0
        self.truncations[which] = False
        self._user_terms = {}
        self._final_metrics = None
        return self.observations

    def step(self, actions: NDArray[Any], desks: NDArray[np.bool_] | None = None) -> None:
        """Move every clock by one step.

        Args:
            actions: integers (N, A): 0 passes, k accepts visible slot k, larger ones are verbs
                (see `action_meanings`); what a mask forbids passes and is counted. Where agents
                bid: floats (N, A, K), clipped to [0, 1], 0 = no bid; a bid that a mask forbids does
                not count.
            desks: (N,) bool, the desks whose clock moves; the others, their rewards and
                truncations included, stay as they are. All by default.

        Raises:
            RuntimeError: before the first reset; without autoreset, past the horizon.
            ValueError: for another shape or kind of numbers.
        """
        self._require_open()
        desks = None if desks is None else self._flags(desks)
        which: Any = slice(None) if desks is None else desks
        if not self.autoreset and self.truncations[which].any():
            raise RuntimeError("The desks have reached their horizon: call reset() first.")
        self._read(actions)
        if self.reward_terms:
            self._runner.run(ticks=True, begins=False, shows=False, desks=desks)
            self._add_reward_terms(which)
            self._runner.run(ticks=False, begins=False, shows=True, desks=desks)
        else:
            self._runner.run(ticks=True, begins=False, shows=True, desks=desks)
        self._final_metrics = None

    def pass_time(self, desks: NDArray[np.bool_]) -> None:
        """Move the clock of these desks, (N,) bool, by one step in which no agent does anything."""
        self.step(np.zeros_like(self._actions), desks)

    def _read(self, actions: NDArray[Any]) -> None:
        given = np.asarray(actions)
        check_actions(given, self._actions.shape, self.bidding)
        if given.dtype != np.int32:  # what int32 cannot hold must not wrap round to a legal action
            lowest = 0 if given.dtype.kind == "u" else -1
            given = np.clip(given, lowest, self.parameters.sizes.actions)
        np.copyto(self._actions, given, casting="unsafe")

    def _add_reward_terms(self, which: Any) -> None:
        """The user's terms, right after the tick, so that they see every desk's end."""
        sharing = float(self.rules.desk[0]["sharing"])
        for term in self.reward_terms:
            raw = term.values(self)
            self._user_terms[term.name] = raw
            own = term.weight * raw
            shared = sharing * own.mean(axis=1, keepdims=True)
            paid = ((1.0 - sharing) * own + shared).astype(np.float32)
            self.rewards[which] += paid[which]
            measured = np.where(self.states["measured"][:, None], paid, 0.0)
            self.states["reward"][which] += measured[which]

    def renew(self, copy: bool = False) -> None:
        """Go on in a new array of observations; the old one stays as it is.

        Args:
            copy: begin with the old ones; else the new array, and `state()`, hold anything until
                all desks have been reset or stepped.
        """
        new = self.observations.copy() if copy else np.empty_like(self.observations)
        self._runner.replace(self.observations, new)
        self.observations = new

    def state(self) -> Floats:
        """(N, S) float32 in [-1, 1]: the whole desk as observed, for centralised critics."""
        sizes, seen = self.parameters.sizes, self.observations
        own = seen[:, :, : sizes.own].reshape(self.num_envs, sizes.agents * sizes.own)
        return np.concatenate([own, seen[:, 0, -sizes.shared :]], axis=1)

    def restore(self, snapshot: NDArray[Any]) -> None:
        """Go back to a snapshot of this batch, or of another of the same scenario and size.

        Raises:
            ValueError: if the snapshot is of desks of another shape.
        """
        check_snapshot(snapshot, self.num_envs, self.parameters)
        self.states[:] = snapshot
        self._seeded = True
        self.rewards[:] = 0.0
        horizon = self.rules.desk[0]["horizon_steps"]
        self.truncations[:] = (self.states["step"] >= horizon)[:, None]
        self._final_metrics = None
        self._user_terms = {}
        self._runner.run(ticks=False, begins=False, shows=True)


def check_count(name: str, value: Any) -> None:
    """Raise `ValueError` for what is no whole number of at least 1."""
    if not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(f"{name}: expected a whole number of at least 1, got {value!r}")


def check_actions(given: Any, shape: tuple[int, ...], bidding: bool) -> None:
    """Raise `ValueError` for an array that is no joint action."""
    kinds, words = ("fiu", "bids") if bidding else ("iu", "integers")
    if given.shape != shape or given.dtype.kind not in kinds:
        raise ValueError(
            f"actions: expected {words} of shape {shape}, got {given.dtype} of shape {given.shape}"
        )


def check_snapshot(snapshot: Any, num_envs: int, parameters: Parameters) -> None:
    """Raise `ValueError` for what is no copy of such records."""
    if (
        not isinstance(snapshot, np.ndarray)
        or snapshot.dtype != state_dtype(parameters.sizes)
        or snapshot.shape != (num_envs,)
    ):
        raise ValueError(
            "snapshot: expected one of as many desks of the same sizes, recording alike"
        )
