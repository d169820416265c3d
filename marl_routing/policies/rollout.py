"""Look ahead: try what agents could do now, play on by a simple rule, do what went best.

Rollout algorithms: Bertsekas, Tsitsiklis & Wu (1997), "Rollout algorithms for combinatorial
optimization", J. Heuristics 3; Bertsekas & Castanon (1999), "Rollout algorithms for stochastic
scheduling problems", J. Heuristics 5.
"""

import math

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.best_skill import BestSkill
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.copies import Copies
from marl_routing.policies.lp_specialist import LpSpecialist
from marl_routing.policies.optimised_index import OptimisedIndex
from marl_routing.policies.policy import Actions, Masks
from marl_routing.policies.threshold import Threshold

_BASES: dict[str, type[CompiledPolicy]] = {
    rule.name: rule for rule in (BestSkill, Threshold, LpSpecialist, OptimisedIndex)
}


_SALT = 0x6C8E9CF570932BD5  # futures share no stream with the desk of its seed


class Rollout:
    """One step of policy improvement on a base rule, by simulation on copies of the desk.

    What the base does is compared with what it does if one free agent passes instead, or takes the
    first waiting ticket of another category. All are tried on the same copies, whose futures are
    drawn anew; what gains most is done if it gains more than one standard error.

    Args:
        base: best_skill, threshold, lp_specialist or optimised_index.
        steps: that each copy is played.
        samples: copies.
    """

    name = "rollout"

    def __init__(self, base: str = "best_skill", steps: int = 60, samples: int = 16) -> None:
        if base not in _BASES:
            known = ", ".join(_BASES)
            raise ValueError(f"policy rollout: base must be one of {known}, not {base!r}")
        for name, number, least in (("steps", steps, 1), ("samples", samples, 2)):
            if number < least:
                raise ValueError(f"policy rollout: {name} must be at least {least}, not {number}")
        self._base, self._steps, self._samples = _BASES[base](), steps, samples
        self._copies: Copies | None = None
        self._digest = ""  # of the scenario of the copies
        self.reset(0)

    def reset(self, seed: int) -> None:
        """Forget everything; desk i then draws from `seed + i`."""
        self._seed, self._calls = seed, 0
        self._base.reset(seed)

    def act(self, view: DeskView, masks: Masks) -> Actions:
        """(N, A) int32 actions; see `Policy.act`."""
        if self._copies is None or self._digest != view.digest:
            self._copies = Copies(view.parameters, self._samples)
            self._digest = view.digest
        actions: Actions = self._base.act(view, masks)
        could = view.available & masks[:, :, 1 : 1 + view.slots.shape[1]].any(axis=2)
        for desk in np.flatnonzero(could.any(axis=1)):
            actions[desk] = self._improve(self._copies, view, masks, int(desk), actions[desk])
        self._calls += 1
        return actions

    def _improve(
        self, copies: Copies, view: DeskView, masks: Masks, desk: int, base: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """The best joint action of one desk."""
        tried = [base.copy(), *_alternatives(view, masks, desk, base)]
        seed = np.uint64((self._seed + desk) % 2**64 ^ _SALT)
        copies.take(view.records[desk], seed, self._calls)
        rule = self._base.rule(view)
        rewards = np.array([copies.rewards(joint, rule, seed, self._steps) for joint in tried])
        gains = rewards - rewards[0]
        means, errors = gains.mean(axis=1), gains.std(axis=1, ddof=1) / math.sqrt(self._samples)
        best = int(means.argmax())
        return tried[best] if means[best] > errors[best] else tried[0]


def _alternatives(
    view: DeskView, masks: Masks, desk: int, base: NDArray[np.int32]
) -> list[NDArray[np.int32]]:
    """What the base does, but for one free agent: it passes, or takes another category."""
    tried: list[NDArray[np.int32]] = []
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
