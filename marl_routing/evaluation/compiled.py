"""Whole episodes of a compiled policy, played inside the kernel: nothing is observed."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.compiler import blank_records
from marl_routing.core.kpis import report
from marl_routing.core.parameters import Parameters, with_derived
from marl_routing.core.random import mix, seeds_from
from marl_routing.core.record import joint_action, state_dtype
from marl_routing.core.runner import Threads
from marl_routing.envs.conversations import desk_view
from marl_routing.policies import BidPolicy, Policy
from marl_routing.policies.compiled import CompiledPolicy, blank_memory
from marl_routing.policies.kernels.loops import play_desks
from marl_routing.policies.kernels.sight import AGENT, SLOT, scratch_for
from marl_routing.policies.talking import TalkingPolicy

AT_ONCE = 500_000  # agent-steps in one go, so that an interruption is soon answered


def is_compiled(policy: Policy | BidPolicy) -> TypeGuard[CompiledPolicy]:
    """Whether a kernel plays the policy: one that acts in another way is asked at every step."""
    ours = (CompiledPolicy.act, TalkingPolicy.act)
    return isinstance(policy, CompiledPolicy) and type(policy).act in ours


class Player:
    """Desks of one scenario, played by compiled policies.

    Args:
        parameters: the scenario.
        num_envs: desks.
        num_threads: threads that share them; the results do not depend on it.

    Attributes:
        states: (num_envs,) the desks' records.
    """

    def __init__(self, parameters: Parameters, num_envs: int, num_threads: int = 1) -> None:
        self.parameters, self.num_envs = parameters, num_envs
        self._rules = parameters.rules._replace(desk=with_derived(parameters.rules.desk))
        self.states = blank_records(num_envs, state_dtype(parameters.sizes))
        self._view = desk_view(self.states, parameters)
        self._threads = Threads(num_envs, num_threads)

    def prepare(self, policy: CompiledPolicy) -> None:
        """Compile what `play` needs."""
        self._begin(policy, 0)

    def play(
        self, policy: CompiledPolicy, seed: int, progress: Callable[[int], None] | None = None
    ) -> list[dict[str, Any]]:
        """One episode on every desk, of seeds `seed`, `seed + 1`, ...; its KPIs."""
        self._finish(self._begin(policy, seed), progress)
        return self._kpis()

    def rewards(self, policy: CompiledPolicy, seed: int) -> NDArray[np.float64]:
        """The same episodes; (num_envs,) the KPI `reward` alone, which is much quicker to tell."""
        self._finish(self._begin(policy, seed))
        rewards: NDArray[np.float64] = self.states["reward"].sum(axis=1)
        return rewards

    def carry_on(
        self,
        policy: CompiledPolicy,
        seed: int,
        states: NDArray[Any],
        progress: Callable[[int], None] | None = None,
    ) -> list[dict[str, Any]]:
        """Go on to this scenario's horizon from desks of another one; their KPIs.

        Args:
            policy, seed, progress: as of `play`.
            states: of a `Player` whose scenario's sizes are the same, at an earlier clock.
        """
        self.states[:] = states
        self._finish(self._bind(policy, seed), progress)
        return self._kpis()

    def play_in_parts(self, policy: CompiledPolicy, seed: int, at_once: int) -> Iterator[int]:
        """As `play`, some steps at a time: how many were just played, 0 first."""
        plays = self._begin(policy, seed)
        yield 0
        yield from self._go(plays, at_once)

    def _finish(
        self,
        plays: list[Callable[[bool, int], None]],
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Play to the horizon."""
        at_once = max(1, AT_ONCE // (self.num_envs * self.parameters.sizes.agents))
        for steps in self._go(plays, at_once):
            if progress is not None:
                progress(steps * self.num_envs)

    def _go(self, plays: list[Callable[[bool, int], None]], at_once: int) -> Iterator[int]:
        """Play to the horizon, so many steps at a time: how many were just played."""
        horizon = int(self._rules.desk[0]["horizon_steps"])
        for step in range(int(self.states["step"][0]), horizon, at_once):
            steps = min(at_once, horizon - step)
            self._threads.do([partial(play, False, steps) for play in plays])
            yield steps

    def _kpis(self) -> list[dict[str, Any]]:
        return [report(state, self.parameters) for state in self.states]

    def _begin(self, policy: CompiledPolicy, seed: int) -> list[Callable[[bool, int], None]]:
        """Begin the episodes; what each thread has to call."""
        self.states["seed_key"] = [mix(value) for value in seeds_from(seed, self.num_envs)]
        self.states["episode"] = 0
        plays = self._bind(policy, seed)
        for play in plays:
            play(True, 0)
        return plays

    def _bind(self, policy: CompiledPolicy, seed: int) -> list[Callable[[bool, int], None]]:
        """What each thread has to call: begin anew or not, and steps."""
        seeds, memory = seeds_from(seed, self.num_envs), blank_memory(self._view)
        rule = policy.rule(self._view)
        return [self._on_desks(run, rule, seeds, memory) for run in self._threads.runs]

    def _on_desks(
        self, run: slice, rule: Any, seeds: list[np.uint64], memory: NDArray[np.int64]
    ) -> Callable[[bool, int], None]:
        """`play_desks` on one thread's desks, with arrays of its own to work in."""
        sizes = self.parameters.sizes
        return partial(
            play_desks,
            self._rules,
            self.states[run],
            blank_records(1, self.states.dtype),
            rule,
            blank_records(sizes.slots, SLOT),
            blank_records(sizes.agents, AGENT),
            np.zeros((sizes.agents, sizes.actions), np.int8),
            scratch_for(sizes.agents, sizes.slots),
            seeds[run.start],
            memory[run],
            np.zeros(*joint_action(sizes)),
            np.zeros(sizes.agents, np.float32),
        )
