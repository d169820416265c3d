"""What a policy does in every state of a small desk, found out by asking it.

A policy whose actions follow from the state alone has an exact cost. Of what it draws, only the
order in which the two agents come may matter: then both orders, equally likely, are taken. Which of
two equal agents takes a ticket does not matter.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.parameters import Parameters
from marl_routing.core.view import DeskView
from marl_routing.evaluation.gap.staging import stage
from marl_routing.policies import Policy
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.kernels.rule import AGENT_BY_AGENT
from marl_routing.policies.policy import Masks
from marl_routing.scenario import Scenario, compile_scenario, load_scenario
from marl_routing.theory.decisions import Decisions, moves
from marl_routing.theory.states import NOTHING, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_array

TIMES = 4  # that each state is asked about in each order, each time with another history
SEED, SPARE = 0, 64


class _Anyone(CompiledPolicy):
    """Gives a desk's only ticket to the agent that comes first by the draws of all policies."""

    name = "anyone"
    matcher = AGENT_BY_AGENT


def assigns_of(
    policy: Policy, scenario: str | Path | Scenario, problem: Decisions
) -> "csr_array | None":
    """Chances (n, n) of the state right after a policy acts, from the one that it sees.

    Args:
        policy: asked through its `act`, and reset before and after.
        scenario: the desk's.
        problem: of the same desk.

    Returns:
        None if the actions depend on more than the state and the order of the agents: on ages or
        numbers of tickets, on what happened before, or on other draws.
    """
    from scipy.sparse import csr_array

    parameters = compile_scenario(load_scenario(scenario))
    draws, anyone = np.random.default_rng(SEED), _Anyone()
    for each in (anyone, policy):
        each.reset(SEED)
    answers = [_ask(policy, anyone, problem, parameters, draws) for _ in range(TIMES)]
    policy.reset(SEED)
    first = answers[0]
    if any(answer is None or (answer != first).any() for answer in answers):
        return None
    assert first is not None
    if (np.sort(first[:, problem.mirrored], axis=0) != np.sort(first, axis=0)).any():
        return None
    halves = np.full(len(problem.states), 0.5)
    return csr_array(moves(halves, first[0]) + moves(halves, first[1]))


def _ask(
    policy: Policy,
    anyone: _Anyone,
    problem: Decisions,
    parameters: Parameters,
    draws: np.random.Generator,
) -> Ints | None:
    """(2, n) the states right after the policy acts, with agent 0 first and with agent 1 first."""
    num_states = len(problem.states)
    num_desks = 2 * num_states + SPARE + int(12 * num_states**0.5)  # enough of either order
    first = _comes_first(anyone, problem, parameters, num_desks)
    desks = np.stack(
        [draws.permutation(np.flatnonzero(first == order))[:num_states] for order in range(2)]
    )
    numbers = np.zeros(num_desks, np.int64)
    numbers[desks] = np.arange(num_states)
    view, masks = stage(problem, parameters, numbers, draws)
    after = _after(problem, numbers, view, masks, policy.act(view, masks))
    return None if after is None else np.minimum(after, problem.mirrored[after])[desks]


def _comes_first(
    anyone: _Anyone, problem: Decisions, parameters: Parameters, num_desks: int
) -> NDArray[np.bool_]:
    """(N,) whether agent 1 comes before agent 0 on each desk, at this call."""
    one_ticket = np.flatnonzero(problem.states.queued.sum(axis=1) == 1)[0]
    numbers = np.full(num_desks, one_ticket)
    view, masks = stage(problem, parameters, numbers, np.random.default_rng(SEED))
    masks[:, :, 1:] = view.filled[:, None]  # to both agents, whatever they can serve
    first: NDArray[np.bool_] = anyone.act(view, masks)[:, 1] > 0
    return first


def _after(
    problem: Decisions,
    numbers: Ints,
    view: DeskView,
    masks: Masks,
    actions: NDArray[np.int32],
) -> Ints | None:
    """(N,) the states right after actions (N, A); None if some are illegal or meet in a slot."""
    legal = np.take_along_axis(masks, actions[:, :, None], axis=2)[:, :, 0] != 0
    meet = (actions[:, 0] == actions[:, 1]) & (actions[:, 0] > 0)
    if not legal.all() or meet.any():
        return None
    of_slot = np.concatenate([np.full((len(actions), 1), NOTHING), view.category], axis=1)
    accepts = np.take_along_axis(of_slot, actions, axis=1)
    queued, holding = problem.states.queued[numbers], problem.states.holding[numbers]
    taken = (accepts[:, :, None] == np.arange(queued.shape[1])).sum(axis=1)
    return problem.states.number(queued - taken, np.where(accepts != NOTHING, accepts, holding))
