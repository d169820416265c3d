"""Look ahead: try what agents could do now, play on by a simple rule, do what went best.

Rollout algorithms: Bertsekas, Tsitsiklis & Wu (1997), "Rollout algorithms for combinatorial
optimization", J. Heuristics 3; with several base rules: Chang, Givan & Chong (2004), "Parallel
rollout for online solution of partially observable Markov decision processes", Discrete Event Dyn.
Syst. 14.
"""

import math
from functools import partial

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.random import seeds_from
from marl_routing.core.view import DeskView
from marl_routing.policies.best_skill import BestSkill
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.copies import Copies, refuse_foresight
from marl_routing.policies.lp_specialist import LpSpecialist
from marl_routing.policies.optimised_index import OptimisedIndex
from marl_routing.policies.policy import Actions, Masks
from marl_routing.policies.threshold import Threshold
from marl_routing.scenario import Scenario, compile_scenario

_BASES: dict[str, type[CompiledPolicy]] = {
    rule.name: rule for rule in (BestSkill, Threshold, LpSpecialist, OptimisedIndex)
}
_SALT = np.uint64(0x6C8E9CF570932BD5)  # futures share no stream with the desk of its seed


class Rollout:
    """The best of some base rules, by simulation from the desk as it stands, improved by one step.

    Every base rule plays on on the same copies of the desk, whose futures are drawn anew. What the
    best one does now is compared with what it does if one free agent passes instead, or takes the
    first waiting ticket of another category; such a change is made if it gains more than one
    standard error.

    Args:
        base: best_skill, threshold, lp_specialist or optimised_index; or several, joined by +.
        steps: that each copy is played.
        samples: copies.

    Attributes:
        bases: the rules that it plays on by.
    """

    name = "rollout"

    def __init__(
        self,
        base: str = "best_skill+threshold+lp_specialist",
        steps: int = 60,
        samples: int = 16,
    ) -> None:
        for name in base.split("+"):
            if name not in _BASES:
                known = ", ".join(_BASES)
                raise ValueError(
                    f"policy rollout: base must be of {known}, joined by +, not {name!r}"
                )
        for name, number, least in (("steps", steps, 1), ("samples", samples, 2)):
            if number < least:
                raise ValueError(f"policy rollout: {name} must be at least {least}, not {number}")
        self.bases: list[CompiledPolicy] = [_BASES[name]() for name in base.split("+")]
        self._steps, self._samples = steps, samples
        self._copies: Copies | None = None
        self._digest = ""  # of the scenario of the copies
        self.reset(0)

    def require(self, scenario: Scenario) -> None:
        """Raise a ValueError if copies would foresee, or if a base has no weights."""
        refuse_foresight(compile_scenario(scenario))
        for base in self.bases:
            if isinstance(base, OptimisedIndex):
                base.require(scenario)

    def reset(self, seed: int) -> None:
        """Forget everything; desk i then draws from `seed + i`."""
        self._seed, self._calls = seed, 0
        for base in self.bases:
            base.reset(seed)

    def act(self, view: DeskView, masks: Masks) -> Actions:
        """(N, A) int32 actions; see `Policy.act`."""
        if self._copies is None or self._digest != view.digest:
            self._copies = Copies(view.parameters, self._samples)
            self._digest = view.digest
        proposals = np.array([base.act(view, masks) for base in self.bases])
        rules = [base.rule(view) for base in self.bases]
        actions: Actions = proposals[0]
        seeds = seeds_from(self._seed, len(actions))
        could = view.available & masks[:, :, 1 : 1 + view.slots.shape[1]].any(axis=2)
        for desk in np.flatnonzero(could.any(axis=1)):
            seed = seeds[desk] ^ _SALT
            self._copies.take(view.records[desk], seed, self._calls)
            play = partial(self._copies.rewards, seed=seed, steps=self._steps)
            values = [
                play(joint, rule).mean()
                for joint, rule in zip(proposals[:, desk], rules, strict=True)
            ]
            best = int(np.argmax(values))
            tried = _with_alternatives(view, masks, int(desk), proposals[best, desk])
            actions[desk] = _best_of(tried, np.array([play(joint, rules[best]) for joint in tried]))
        self._calls += 1
        return actions


def _best_of(tried: list[NDArray[np.int32]], rewards: NDArray[np.float64]) -> NDArray[np.int32]:
    """What gains most over the first, if that is more than a standard error; rewards are paired."""
    gains = rewards - rewards[0]
    means, errors = gains.mean(axis=1), gains.std(axis=1, ddof=1) / math.sqrt(rewards.shape[1])
    best = int(means.argmax())
    return tried[best] if means[best] > errors[best] else tried[0]


def _with_alternatives(
    view: DeskView, masks: Masks, desk: int, base: NDArray[np.int32]
) -> list[NDArray[np.int32]]:
    """What the base does; and the same but for one free agent, who passes or takes another."""
    tried = [base.copy()]
    for agent in np.flatnonzero(view.available[desk]):
        others = set(np.delete(base, agent).tolist())
        own = base[agent] - 1
        seen = {int(view.category[desk, own])} if own >= 0 else set()
        options = [0] if own >= 0 else []
        for slot in range(view.slots.shape[1]):
            category = int(view.category[desk, slot])
            if masks[desk, agent, 1 + slot] and slot + 1 not in others and category not in seen:
                seen.add(category)
                options.append(slot + 1)
        for option in options:
            joint = base.copy()
            joint[agent] = option
            tried.append(joint)
    return tried
