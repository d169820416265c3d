"""Random walks over a desk on which agents have verbs, and an operator acts too."""

from collections.abc import Container

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.parameters import RESPOND
from tests.oracle.desk import OracleDesk
from tests.oracle.dispatcher import OPERATIONS
from tests.oracle.verbs import ACCEPT

WILD = 0.04  # share of actions and operations that nobody checked
OFTEN = {ACCEPT: 4.0, RESPOND: 12.0}  # how much more often than another verb

Generator = np.random.Generator
Verb = int | str


def actions(
    rng: Generator, desk: OracleDesk, only: Container[Verb] | None = None
) -> NDArray[np.int32]:
    """(A,) a verb that is legal (of `only`), some more often than others, then what about."""
    masks = desk.masks()
    chosen = [_action(rng, desk, row, only) for row in masks]
    wild = rng.integers(-3, masks.shape[1] + 3, len(chosen))
    return np.where(rng.random(len(chosen)) < WILD, wild, chosen).astype(np.int32)


def _action(
    rng: Generator, desk: OracleDesk, mask: NDArray[np.int8], only: Container[Verb] | None
) -> int:
    legal: dict[Verb, list[int]] = {}
    for column in np.flatnonzero(mask):
        verb = desk.menu[column].verb
        if column == 0 or only is None or verb in only:
            legal.setdefault(verb, []).append(int(column))
    weights = np.array([OFTEN.get(verb, 1.0) for verb in legal])
    verb = list(legal)[rng.choice(len(legal), p=weights / weights.sum())]
    return int(rng.choice(legal[verb]))


def operation(rng: Generator, desk: OracleDesk) -> tuple[int, int, int] | None:
    """What an operator does to which ticket with which agent, often illegal; None: no tickets."""
    held = [number for numbers in desk.held() for number in numbers]
    queued = desk.queue_order()
    numbers = held if held and (not queued or rng.random() < 0.6) else queued
    if not numbers:
        return None
    agents = len(desk.agents)
    wild = rng.random() < WILD
    agent = int(rng.integers(-2, agents + 2)) if wild else int(rng.integers(agents))
    return int(rng.integers(len(OPERATIONS))), int(rng.choice(numbers)), agent
