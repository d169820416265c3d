"""Ways to triage: a rule to read and to beat, and two yardsticks."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from marl_routing.views.triage import NOOP, VERBS, Action, Masks, Observation
from marl_routing.views.triage_observation import ENGINEER_FIELDS, GLOBAL_FIELDS, TICKET_FIELDS

Rule: TypeAlias = Callable[[Observation, Masks], Action]  # the masks are `operation_masks()`

ASSIGN, SWARM, REQUEST_INFO = (VERBS.index(verb) for verb in ("assign", "swarm", "request_info"))


def triage_rule(observation: Observation, possible: Masks) -> Action:
    """Every ticket to who knows it best, and nobody idle.

    The first of these that is possible, on the ticket with the least time left, in the name of the
    engineer who knows it best: assign a ticket of the queue; ask the customer of a ticket on which
    nobody works yet; let somebody free help.

    Args:
        observation: of `TicketTriage`.
        possible: (5, T, A) int8, its `operation_masks()`.
    """
    tickets = dict(zip(TICKET_FIELDS, observation["tickets"].T, strict=True))
    engineers = dict(zip(ENGINEER_FIELDS, observation["engineers"].T, strict=True))
    rows = np.arange(1, len(observation["tickets"]) + 1)
    worked_on = np.isin(rows, np.rint(engineers["ticket"] * len(rows)))
    queued, free = tickets["holder"] == 0, engineers["busy"] == 0
    skill = _skill(observation, tickets["category"])
    wishes = {ASSIGN: queued[:, None], REQUEST_INFO: ~worked_on[:, None], SWARM: free}
    for verb, wish in wishes.items():
        choices = (possible[verb] > 0) & wish
        if choices.any():
            row = np.where(choices.any(axis=1), tickets["sla_left"], np.inf).argmin()
            engineer = np.where(choices[row], skill[row], -1.0).argmax()
            return np.array([verb, row, engineer])
    return do_nothing(observation, possible)


def _skill(observation: Observation, category: NDArray[np.float32]) -> NDArray[np.float32]:
    """(T, A): what each engineer knows of each ticket; anything where there is none."""
    engineers = len(observation["engineers"])
    expertise = observation["global"][len(GLOBAL_FIELDS) - 1 :].reshape(engineers, -1)
    index = np.rint(category * expertise.shape[1]).astype(int) - 1
    return np.asarray(expertise[:, index].T)


def do_nothing(observation: Observation, possible: Masks) -> Action:
    """Let the clock run."""
    return np.array([NOOP, 0, 0])


def random_rule(seed: int) -> Rule:
    """Any operation that is possible, or none, all equally likely."""
    rng = np.random.default_rng(seed)

    def choose(observation: Observation, possible: Masks) -> Action:
        choices = np.argwhere(possible)
        number = int(rng.integers(len(choices) + 1))
        if number == len(choices):
            return do_nothing(observation, possible)
        return np.asarray(choices[number])

    return choose


RULES: dict[str, Callable[[int], Rule]] = {
    "rule": lambda seed: triage_rule,
    "random": random_rule,
    "noop": lambda seed: do_nothing,
}


def load_rule(name: str, seed: int) -> Rule:
    """The rule of this name; `seed` is for what it draws."""
    if name not in RULES:
        raise ValueError(f"policy: expected one of {', '.join(RULES)} for triage, got {name!r}")
    return RULES[name](seed)
