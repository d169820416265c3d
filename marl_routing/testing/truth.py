"""Checks that masks tell the truth and that nothing an agent sends breaks the desk."""

from typing import Any

import numpy as np

from marl_routing.testing.episode import (
    Make,
    Moment,
    alike,
    begin,
    forbidden_actions,
    legal_actions,
    mask_of,
    require,
)


def check_masks(make: Make, seed: int) -> None:
    """Legal actions never count as illegal; masked ones always do, and do just what pass does."""
    env, passing = make(), make()
    moment, twin = begin(env, seed), begin(passing, seed)
    if mask_of(moment, env.agents[0]) is None:
        return
    rng = np.random.default_rng(seed)
    expected = 0
    while env.agents:
        actions = legal_actions(env, moment, rng)
        wrong = {
            agent: action
            for agent, action in forbidden_actions(env, moment, rng).items()
            if rng.random() < 0.5
        }
        moment = Moment(*env.step(actions | wrong))
        twin = Moment(*passing.step(actions | dict.fromkeys(wrong, 0)))
        expected += len(wrong)
        counted = env.metrics()["illegal_actions"]
        require(
            counted == expected,
            f"A mask lies: {expected} masked actions were played, {counted} counted as illegal.",
        )
        require(
            passing.metrics()["illegal_actions"] == 0, "A mask lies: a legal action was illegal."
        )
        require(
            alike(moment.observations, twin.observations), "A masked action did more than pass."
        )


def check_strange_actions(make: Make, seed: int) -> None:
    """Out-of-range, wrong-shape and missing actions pass; integers of any kind are understood."""
    env, plain = make(), make()
    moment = begin(env, seed)
    begin(plain, seed)
    rng = np.random.default_rng(seed)
    kinds: tuple[Any, ...] = (np.int32, np.int64, np.array, lambda a: np.array([a]))
    strange: tuple[Any, ...] = (
        10**6,
        -1,
        10**30,
        0.5,
        "pass",
        np.zeros(3, int),
        float("nan"),
        [[]],
    )
    for kind, odd in zip(kinds * 2, strange, strict=True):
        if not env.agents:
            return
        actions = legal_actions(env, moment, rng)
        first, *others = env.agents
        told = {agent: kind(actions[agent]) for agent in others if actions[agent] != 0}
        moment = _step(env, told | {first: odd}, odd)
        understood = Moment(*plain.step(actions | {first: 0}))
        require(
            alike(moment.observations, understood.observations),
            f"Action {odd!r} did more than pass, or {kind} was misread, or a missing agent acted.",
        )


def _step(env: Any, actions: dict[str, Any], odd: object) -> Moment:
    try:
        return Moment(*env.step(actions))
    except Exception as error:
        raise AssertionError(f"Action {odd!r} must pass, not raise {error!r}.") from error
