"""Desks put on a stage: views of hand-made desks in given states, each with a history of its own.

Of tickets and agents, whatever a state does not say is drawn: numbers, ages, priorities, since when
agents have been idle. So a policy that reads any of it is found out.
"""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.compiler import blank_records
from marl_routing.core.parameters import BY_PRIORITY, Parameters
from marl_routing.core.record import NEVER, state_dtype
from marl_routing.core.view import DeskView
from marl_routing.policies.policy import Masks
from marl_routing.theory.decisions import Decisions
from marl_routing.theory.states import NOTHING, Ints

CLOCK = 10**6  # on the stage
LONGEST = 5.0  # ages are up to ten to the power of this, in steps


def stage(
    problem: Decisions, parameters: Parameters, numbers: Ints, draws: np.random.Generator
) -> tuple[DeskView, Masks]:
    """Views of desks in the states of these numbers, and their masks.

    Args:
        problem: whose states they are.
        parameters: of its scenario.
        numbers: (N,) states.
        draws: of the histories.
    """
    sizes = parameters.sizes
    staged = sizes._replace(tickets=sizes.slots + sizes.agents, bins=1)
    desks = blank_records(len(numbers), state_dtype(staged))
    queued, holding = problem.states.queued[numbers], problem.states.holding[numbers]
    desks["step"], desks["on_shift"], desks["queued"] = CLOCK, 1, queued
    desks["held_count"] = holding != NOTHING
    desks["held"][:, :, 0] = sizes.slots + np.arange(sizes.agents)
    desks["idle_since"] = _moments(holding.shape, draws)
    desks["last_category"] = draws.integers(0, sizes.categories, holding.shape)
    _put_tickets(desks, parameters, holding, draws)
    shown = sizes.slots // sizes.categories  # of each category
    filled = (np.arange(shown) < queued[:, :, None]).reshape(len(numbers), sizes.slots)
    desks["slots"] = np.where(filled, np.arange(sizes.slots), -1)
    able = np.repeat(problem.desk.completion > 0.0, shown, axis=1)
    masks = np.ones((*holding.shape, 1 + sizes.slots), np.int8)
    masks[:, :, 1:] = filled[:, None] & (holding == NOTHING)[:, :, None] & able
    return DeskView(desks, parameters), masks


def _moments(shape: tuple[int, ...], draws: np.random.Generator) -> Ints:
    """Clocks in the past: on some desks all was a few steps ago, on others very long ago."""
    spans = 10.0 ** draws.uniform(0.0, LONGEST, (shape[0], 1))
    moments: Ints = CLOCK - (spans * draws.random(shape)).astype(np.int64)
    return moments


def _put_tickets(
    desks: NDArray[np.void], parameters: Parameters, holding: Ints, draws: np.random.Generator
) -> None:
    """The tickets in the slots, of each category in the order of the queue; then those held."""
    sizes, rules = parameters.sizes, parameters.rules
    tickets, slots = desks["tickets"], sizes.slots
    shape = len(desks), sizes.categories, slots // sizes.categories
    # Those held came first; what was shown first in a category came first.
    ranks = np.sort(draws.random((len(desks), slots)).argsort(axis=1).reshape(shape), axis=2)
    tickets["number"][:, :slots] = sizes.agents + ranks.reshape(len(desks), slots)
    tickets["number"][:, slots:] = np.arange(sizes.agents)
    arrivals = np.sort(_moments(tickets.shape, draws), axis=1)
    tickets["arrived"] = np.take_along_axis(arrivals, tickets["number"], axis=1)
    categories = np.repeat(np.arange(sizes.categories), shape[2])
    tickets["category"][:, :slots], tickets["category"][:, slots:] = categories, holding
    chances = draws.random(tickets.shape)[:, :, None]
    urgency = (chances >= rules.desk[0]["priority_cdf"][tickets["category"]]).sum(axis=2)
    if rules.desk[0]["queue_order"] == BY_PRIORITY:
        urgency[:, :slots] = np.sort(urgency[:, :slots].reshape(shape), axis=2).reshape(-1, slots)
    tickets["priority"] = np.minimum(urgency, sizes.priorities - 1)
    targets = rules.calendar[0, 1 : 1 + 2 * sizes.priorities].reshape(2, sizes.priorities)
    for name, target in zip(("first_due", "due"), targets, strict=True):
        promised = target[tickets["priority"]]
        tickets[name] = np.where(promised < NEVER, tickets["arrived"] + promised, NEVER)
